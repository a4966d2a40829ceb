"""What the site tells the rest of the platform, after the commit: that content has changed.

Topics: `pages.changed {"pages": [pk]}`, `practices.changed {"external_ids": [id]}`. Both
concern every language; a listener reads the rows as they are then.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
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
    for changed in (post_save, post_delete):
        changed.connect(
            _readers_changed, sender=PageViewRestriction, dispatch_uid="cms.readers_changed"
        )


def _page_changed(sender: Any, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, SitePage):
        announce("pages.changed", pages=[instance.pk])


def _readers_changed(sender: Any, instance: PageViewRestriction, **kwargs: Any) -> None:
    """Who may see a page may see what is below it."""
    page = Page.objects.filter(pk=instance.page_id).first()
    if page is not None:
        below = page.get_descendants(inclusive=True)
        announce("pages.changed", pages=list(below.values_list("pk", flat=True)))


def _practice_changed(sender: Any, instance: Practice, **kwargs: Any) -> None:
    announce("practices.changed", external_ids=[instance.external_id])
