"""Attacks that must not succeed, tried as a stranger and as each insider."""
