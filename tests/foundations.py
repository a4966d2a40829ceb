"""The rows that Wagtail's migrations make: tests make their tables without migrations."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps


def last_app() -> AppConfig:
    """The app that is migrated last: after it, permissions of every app are there."""
    return [config for config in apps.get_app_configs() if config.models_module][-1]


def lay_foundations(**kwargs: Any) -> None:
    """Both locales, and the roots of the trees of pages and collections."""
    from wagtail.models import Collection, Locale, Page

    for language in ("ko", "en"):
        Locale.objects.get_or_create(language_code=language)
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root")
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")
