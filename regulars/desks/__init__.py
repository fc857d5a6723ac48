"""Where work is done: one folder for each desk. Desks know lower rooms, never each other."""
