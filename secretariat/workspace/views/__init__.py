"""Views of the desk, the office and the edge."""
