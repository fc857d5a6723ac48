"""What to do, as pure functions: verdicts with their reasons, no database and no clock."""
