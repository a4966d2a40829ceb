"""What is announced, and what of the index it concerns. Announcements come after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.indexing import reindex
from secretariat.kernel.outbox import handles


@handles("practices.changed")
@handles("practices.loaded")
def practices_changed(payload: Mapping[str, Any]) -> None:
    """Practices were published, unpublished, loaded or deleted."""
    reindex(kind="practice", things=payload["external_ids"])


@handles("pages.changed")
def pages_changed(payload: Mapping[str, Any]) -> None:
    """Pages were published, unpublished or deleted."""
    reindex(kind="page", things=map(str, payload["pages"]))


@handles("text.adopted")
@handles("text.published")
def text_changed(payload: Mapping[str, Any]) -> None:
    """An instrument has a new edition, or it became public."""
    reindex(kind="article", things=[payload["instrument"]])


@handles("vote.changed")
def vote_changed(payload: Mapping[str, Any]) -> None:
    """A vote was prepared, opened, closed or annulled."""
    reindex(kind="decision", things=[payload["vote"]])


@handles("election.changed")
def election_changed(payload: Mapping[str, Any]) -> None:
    """An election went on."""
    reindex(kind="election", things=[payload["election"]])


@handles("assembly.changed")
def assembly_changed(payload: Mapping[str, Any]) -> None:
    """An assembly was convened, opened, closed or cancelled."""
    reindex(kind="assembly", things=[payload["assembly"]])


@handles("city.changed")
def city_changed(payload: Mapping[str, Any]) -> None:
    """A city's names, profile or membership changed."""
    reindex(kind="city", things=[payload["city"]])


@handles("members.imported")
def cities_imported(payload: Mapping[str, Any]) -> None:
    """An import wrote cities or their contacts."""
    reindex(kind="city", things=payload["cities"])
