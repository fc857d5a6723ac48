"""The activity stream: the only log of the house. It knows nobody: customers and subjects are ids."""
