"""Regulars turns an online shop's one-time buyers into regulars."""

__version__ = "0.1.0"
