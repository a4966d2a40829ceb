"""Dates and times where Django formats them; public pages have `cms.templatetags.formats`."""
