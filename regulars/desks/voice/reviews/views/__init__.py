"""The pages of reviews for the shop."""
