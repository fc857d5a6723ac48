"""Customers: one record per person across every store and channel."""
