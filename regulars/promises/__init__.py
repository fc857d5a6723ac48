"""Promises: what was promised, by when, and whether it was kept. Replies, deliveries, answers to complaints."""
