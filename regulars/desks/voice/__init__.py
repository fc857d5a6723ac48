"""Voice: every word of a customer heard, pondered by a person, and answered by deeds."""
