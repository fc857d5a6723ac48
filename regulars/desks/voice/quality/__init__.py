"""Product quality: what comes back and what is said of each product and lot, and a bad lot named early."""
