"""The way out of messages: what a customer chooses, without an account and without asking anybody."""
