"""Pages of audiences: the list and one of them, making one, and files."""
