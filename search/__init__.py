"""The library's index: one query language, thin engines, public search pages."""
