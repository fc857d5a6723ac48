"""Opinions: every word from a customer, wherever it was said, in one table; none of it unread."""
