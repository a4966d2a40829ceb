"""Reading: people and what they hold."""
