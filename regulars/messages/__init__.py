"""The message ledger: what is to be said to whom, what the guard said, what left, and what became of it."""
