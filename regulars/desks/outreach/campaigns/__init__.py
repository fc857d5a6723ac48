"""Campaigns: one thing said once to an audience, and what it changed."""
