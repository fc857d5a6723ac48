"""Reading the shop: lists of customers with their business, orders, products. One module per noun."""
