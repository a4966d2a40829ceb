"""Texts as files: trees in, bytes out, and bytes back into trees. Pure: no Django, no clock."""
