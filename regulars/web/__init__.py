"""The shell that joins the desks: Today, customers, orders, settings, the palette."""
