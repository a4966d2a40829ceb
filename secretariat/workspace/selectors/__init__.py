"""Reading: what waits for a city, and what an assembly's console shows."""
