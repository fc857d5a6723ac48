"""The pages about visits: what their addresses ask, what is worked out and kept, and how it is said."""
