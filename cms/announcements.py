"""What the site tells the rest of the platform, after the commit: that content has changed.

Topics: `pages.changed {"pages": [pk]}`, `practices.changed {"external_ids": [id]}`. Both
concern every language; a listener reads the rows as they are then.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete
from wagtail.signals import page_published, page_unpublished, published, unpublished

from cms.models import Practice, SitePage
from secretariat.kernel.outbox import announce


def connect() -> None:
    """Listen to Wagtail: its admin publishes without our services."""
    for signal in (page_published, page_unpublished):
        signal.connect(_page_changed, dispatch_uid="cms.page_changed")
    for signal in (published, unpublished):
        signal.connect(_practice_changed, sender=Practice, dispatch_uid="cms.practice_changed")
    post_delete.connect(_practice_changed, sender=Practice, dispatch_uid="cms.practice_deleted")
    post_delete.connect(_page_changed, dispatch_uid="cms.page_deleted")


def _page_changed(sender: Any, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, SitePage):
        announce("pages.changed", pages=[instance.pk])


def _practice_changed(sender: Any, instance: Practice, **kwargs: Any) -> None:
    announce("practices.changed", external_ids=[instance.external_id])
