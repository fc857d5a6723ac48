"""What is sold and bought: stores, products, prices, orders, parcels, refunds."""
