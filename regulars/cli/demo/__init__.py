"""The demo shop: Corner Coffee 街角咖啡, generated from a seed, ending now."""
