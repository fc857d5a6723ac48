"""The catalogue's numbers as Ibis expressions. Imported only to compile SQL anew; pages run what was compiled."""
