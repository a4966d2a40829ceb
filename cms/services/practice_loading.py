"""Loading many practices at once: in batches, each applied whole within a moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.conf import settings
from wagtail.models import Locale

from cms.models import Practice
from cms.models.practices import translation_key_of
from cms.policies import practice_policy
from cms.services.practice_rows import FURTHER, PracticeRow, RowReader, RowRejected, key_of
from cms.services.practices import address_name, date_revision
from members.models import City
from secretariat.kernel.audit import act, canonical_json, sha256
from secretariat.kernel.outbox import announce
from secretariat.kernel.policy import Authority

BATCH = 2_000
TOPIC = "practices.loaded"
"""Announced once for each batch: `{"external_ids": [id]}`."""

_NAMES = (
    "title",
    "summary",
    "body",
    "place",
    "country",
    "pillars",
    "instrument",
    "year",
    "tags",
    "city_id",
    *FURTHER,
)
_NOTHING: Mapping[str, Any] = {name: getattr(Practice(), name) for name in FURTHER}
_WRITTEN = [
    *(name for name in _NAMES if name != "city_id"),
    "city",
    "live",
    "last_published_at",
    "has_unpublished_changes",
]
_MARK = 8
"""So many bytes tell two values of a field apart, where only that is asked."""


@dataclass
class LoadReport:
    """What became of the lines; `rejected` holds `{"line", "code", "message"}`."""

    dry_run: bool
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    unknown_fields: dict[str, int] = field(default_factory=dict)
    unknown_cities: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "rejected": self.rejected,
            "unknown_fields": self.unknown_fields,
            "unknown_cities": self.unknown_cities,
            "dry_run": self.dry_run,
        }


@dataclass
class _Loading:
    """The state of one run."""

    report: LoadReport
    authority: Authority
    actor: Any
    now: datetime
    digest: str
    locales: dict[str, Locale]
    would_be: dict[tuple[str, str], bytes] = field(default_factory=dict)


def load_practices(
    *,
    lines: Iterable[bytes | str],
    actor: Any,
    now: datetime,
    dry_run: bool = False,
    digest: str = "",
    progress: Callable[[int], None] | None = None,
) -> LoadReport:
    """Take every line that can be taken, and publish it; say of the others why not.

    A line with a known `id` and `lang` changes that practice. Each batch is one transaction
    with one audit entry that carries `digest`, the SHA-256 of the whole file. `dry_run`
    finds the same numbers and writes nothing. Raises NotAllowed.
    """
    authority = practice_policy.require_publish(actor, now)
    locales = _languages_of_the_site()
    reader = RowReader(languages=frozenset(locales), cities=_cities_by_name())
    loading = _Loading(LoadReport(dry_run), authority, actor, now, digest, locales)
    batch: dict[tuple[str, str], PracticeRow] = {}
    for number, raw in enumerate(lines, start=1):
        if progress is not None and number % 10_000 == 0:
            progress(number)
        try:
            row = reader.read(number, raw)
        except RowRejected as rejected:
            loading.report.rejected.append(
                {"line": number, "code": rejected.code, "message": rejected.message}
            )
            continue
        if row is None:
            continue
        identity = (row.external_id, row.language)
        if identity in batch or len(batch) >= BATCH:
            _apply(loading, list(batch.values()))
            batch = {}
        batch[identity] = row
    _apply(loading, list(batch.values()))
    loading.report.unknown_fields = dict(reader.unknown_fields)
    loading.report.unknown_cities = dict(reader.unknown_cities)
    return loading.report


def _languages_of_the_site() -> dict[str, Locale]:
    """The languages that content is written in, set up where the site is not founded yet."""
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    return {locale.language_code: locale for locale in Locale.objects.all()}


def _cities_by_name() -> dict[str, City]:
    names: dict[str, City] = {}
    for city in City.objects.prefetch_related("name_rows"):
        for name in (*city.names.values(), city.slug):
            names[key_of(name)] = city
    return names


def _apply(loading: _Loading, rows: Sequence[PracticeRow]) -> None:
    if not rows:
        return
    if loading.report.dry_run:
        _count(loading, rows)
        return
    with act(loading.authority, loading.now) as record:
        existing = _existing(loading, rows, lock=True)
        slugs = _slugs(rows)
        to_write, to_revise = [], []
        new = 0
        for row in rows:
            present = existing.get((row.external_id, row.language))
            before = _values(present) if present is not None else None
            values = _after(_row_values(row), before, _NOTHING)
            if present is not None and present.live and values == before:
                loading.report.same += 1
                continue
            new += present is None
            if present is not None and present.latest_revision_id is not None:
                to_revise.append((present, values))
            else:
                to_write.append(_new_state(loading, row, values, present, slugs[row.external_id]))
        changed = len(to_write) + len(to_revise) - new
        loading.report.new += new
        loading.report.changed += changed
        if not (to_write or to_revise):
            return
        Practice.objects.bulk_create(
            to_write,
            update_conflicts=True,
            unique_fields=["external_id", "locale"],
            update_fields=_WRITTEN,
        )
        for present, values in to_revise:
            _revise(loading, present, values)
        record(
            "office",
            "practices.loaded",
            {
                "file": loading.digest,
                "lines": [rows[0].line, rows[-1].line],
                "new": new,
                "changed": changed,
                "sha256": sha256(canonical_json([_as_recorded(row) for row in rows])),
            },
        )
        announce(TOPIC, external_ids=sorted({row.external_id for row in rows}))


def _count(loading: _Loading, rows: Sequence[PracticeRow]) -> None:
    """What `_apply` would do, remembering what earlier lines would have left."""
    existing = _existing(loading, rows, lock=False)
    for row in rows:
        identity = (row.external_id, row.language)
        present = existing.get(identity)
        public = present is not None and present.live
        before = _read_marks(loading.would_be.get(identity))
        if before is None and present is not None:
            before = _marks(_values(present))
        else:
            public = before is not None
        after = _after(_marks(_row_values(row)), before, _marks(_NOTHING))
        if before is None:
            loading.report.new += 1
        elif public and before == after:
            loading.report.same += 1
        else:
            loading.report.changed += 1
        loading.would_be[identity] = b"".join(after[name] for name in _NAMES)


def _existing(
    loading: _Loading, rows: Sequence[PracticeRow], *, lock: bool
) -> dict[tuple[str, str], Practice]:
    languages = {locale.pk: code for code, locale in loading.locales.items()}
    practices = Practice.objects.filter(external_id__in={row.external_id for row in rows})
    if lock:
        practices = practices.select_for_update()
    return {(found.external_id, languages[found.locale_id]): found for found in practices}


def _slugs(rows: Sequence[PracticeRow]) -> dict[str, str]:
    """Identifier → address name: the one it has, else its own, else one with a hash."""
    identifiers = list(dict.fromkeys(row.external_id for row in rows))
    having = Practice.objects.filter(external_id__in=identifiers)
    slugs = dict(having.values_list("external_id", "slug"))
    wanted = {name: address_name(name) for name in identifiers if name not in slugs}
    taken = set(
        Practice.objects.filter(slug__in=wanted.values()).values_list("slug", flat=True)
    ) | set(slugs.values())
    for name, slug in wanted.items():
        slugs[name] = address_name(name, taken=True) if slug in taken else slug
        taken.add(slugs[name])
    return slugs


def _new_state(
    loading: _Loading,
    row: PracticeRow,
    values: Mapping[str, Any],
    present: Practice | None,
    slug: str,
) -> Practice:
    return Practice(
        external_id=row.external_id,
        locale=loading.locales[row.language],
        translation_key=translation_key_of(row.external_id),
        slug=present.slug if present else slug,
        live=True,
        has_unpublished_changes=False,
        first_published_at=loading.now,
        last_published_at=loading.now,
        **values,
    )


def _revise(loading: _Loading, present: Practice, values: Mapping[str, Any]) -> None:
    """A practice that has a history gets a further revision instead of being overwritten."""
    for name, value in values.items():
        setattr(present, name, value)
    user = loading.actor if getattr(loading.actor, "pk", None) else None
    revision = present.save_revision(user=user)
    date_revision(present, loading.now)
    revision.publish(user=user, skip_permission_checks=True)


def _values(practice: Practice) -> dict[str, Any]:
    return {name: getattr(practice, name) for name in _NAMES}


def _row_values(row: PracticeRow) -> dict[str, Any]:
    city: City | None = row.fields["city"]
    rest = {name: value for name, value in row.fields.items() if name != "city"}
    return {**rest, "city_id": city.pk if city else None}


def _after(
    given: Mapping[str, Any], before: Mapping[str, Any] | None, nothing: Mapping[str, Any]
) -> dict[str, Any]:
    """What a practice holds after a row: what it gives, the rest as before (None: a new one).

    Formatted text goes where other plain words come without it.
    """
    values = {**(nothing if before is None else before), **given}
    if before is not None and "action" not in given and before["body"] != given["body"]:
        values["action"] = nothing["action"]
    return values


def _as_recorded(row: PracticeRow) -> dict[str, Any]:
    """What the audit chain seals: the words and facts, the city by its address name."""
    city: City | None = row.fields["city"]
    facts = {**row.fields, "city": city.slug if city else None}
    return {"id": row.external_id, "language": row.language, **facts}


def _marks(values: Mapping[str, Any]) -> dict[str, bytes]:
    """A short mark for each value: the dry run of a long file holds no texts."""
    return {
        name: blake2b(
            json.dumps(value, ensure_ascii=False, sort_keys=True).encode(), digest_size=_MARK
        ).digest()
        for name, value in values.items()
    }


def _read_marks(written: bytes | None) -> dict[str, bytes] | None:
    if written is None:
        return None
    return {name: written[place * _MARK : (place + 1) * _MARK] for place, name in enumerate(_NAMES)}
