"""Public pages: one function for each address, each declaring that it is public."""
