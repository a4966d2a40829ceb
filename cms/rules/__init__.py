"""Pure rules of the public site: no Django, no clock, no database."""
