"""Visits: a receiver for the tracking clients that shops already run (Segment's HTTP API)."""
