"""What the templates of Wagtail's pages are given."""
