"""Asking: after a delivery and for a word about a product; seldom, and only where it may be."""
