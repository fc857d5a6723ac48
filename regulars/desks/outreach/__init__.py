"""Speaking to customers: who, what, when, and how to be left alone."""
