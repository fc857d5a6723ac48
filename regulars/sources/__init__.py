"""Ways in. A source is a door: it parses, checks, and calls the operations of the rooms concerned."""
