"""The office's screens in Wagtail's admin, and who gets which."""
