"""Declarations for tests: adopted, public, open for signature, signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from members.models import City
from resolutions.models import Edition, Signature
from resolutions.services.signatures import open_for_signature, sign
from resolutions.services.texts import adopt_text, draft_text, publish_edition, table_text
from tests.factories import CityFactory, MembershipFactory
from tests.resolutions.stage import Stage, at, both


def public(stage: Stage, slug: str = "declaration", kind: str = "declaration") -> Edition:
    """A public first edition, adopted before this platform."""
    edition = stage.adopted(slug, kind)
    publish_edition(edition=edition, actor=stage.secretary, now=at(-96))
    return edition


def opened(stage: Stage, slug: str = "declaration", *, now: datetime | None = None) -> Edition:
    edition = public(stage, slug)
    open_for_signature(edition=edition, actor=stage.secretary, now=now or at(-95))
    return edition


def next_edition(stage: Stage, edition: Edition, *, words: str = "anew") -> Edition:
    """A further public edition, not yet open for signature."""
    slug = edition.instrument.slug
    doing: dict[str, Any] = {"actor": stage.secretary, "now": at(10)}
    instrument = draft_text(
        slug=slug, kind=edition.instrument.kind, trees=both(slug, words=words), **doing
    )
    table_text(instrument=instrument, **doing)
    instrument.refresh_from_db()
    adopted = adopt_text(instrument=instrument, vote=None, basis="the assembly of autumn", **doing)
    publish_edition(edition=adopted, **doing)
    return adopted


def signed(
    stage: Stage, edition: Edition, city: str = "alpha", *, now: datetime | None = None, **more: Any
) -> Signature:
    """Signed by the city's head of delegation; `more` changes what is given."""
    given: dict[str, Any] = {
        "language": "ko",
        "sha256": edition.sha256,
        "signed_by": "Mayor",
        "actor": stage.delegates[city],
        "now": now or at(0),
    }
    return sign(edition=edition, city=stage.cities[city], **given | more)


def body(slug: str = "ilo") -> City:
    """A partner body of the network."""
    found: City = CityFactory(
        slug=slug, code="ILO", body="international", names={"ko": "국제기구", "en": "A body"}
    )
    MembershipFactory(city=found, kind="partner")
    return found
