"""Reaching people who may be reached: audiences, campaigns, journeys."""
