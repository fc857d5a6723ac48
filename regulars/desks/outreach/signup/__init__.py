"""Forms by which people ask to hear from the shop, and say so twice: here, and by the mail that they get."""
