"""Pure rules of searching: how text becomes tokens, and how a question is read."""
