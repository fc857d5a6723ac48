"""The doors by which providers and mailboxes tell us what became of messages, and what people answer."""
