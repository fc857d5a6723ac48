"""Where work is done, one folder each. Desks know nothing of each other."""
