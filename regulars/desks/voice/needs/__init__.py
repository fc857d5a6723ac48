"""Needs: what customers ask of the shop, put together from their opinions, decided, done, and told to who asked."""
