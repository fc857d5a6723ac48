"""Audiences: saved rules over everything known of customers, their sizes, and lists frozen at send."""
