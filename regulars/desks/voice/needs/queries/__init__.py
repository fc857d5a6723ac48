"""What is read of needs: the list, one of them, its deeds, the desk at which opinions are sorted, programmes."""
