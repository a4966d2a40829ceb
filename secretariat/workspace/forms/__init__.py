"""What people type on the desk and in the office."""
