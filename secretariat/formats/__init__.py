"""Dates and times where Django formats them: Wagtail's admin. Public pages: cms.templatetags.formats."""
