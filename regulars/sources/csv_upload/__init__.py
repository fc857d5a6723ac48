"""Files of orders, customers and products: file, map, check, confirm."""
