"""Writing a draft: importing a whole text, saving words, going back; each one revision.

Every act locks the text, asks again whether the person may draft it, and writes only what
changed, in one revision of django-reversion that carries its author, reason and text
(`DraftRevision`). Structure is the matter of `drafting_structure`; locks, unsaved words and
comments that of `drafting_room`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reversion
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from members.models import City
from members.policies import CityAction, OfficeAction, office_policy
from members.services.mandates import still_holds
from resolutions.models import (
    DraftRevision,
    Instrument,
    InstrumentTitle,
    Provision,
    ProvisionLock,
    ProvisionText,
)
from resolutions.policies import draft_policy
from resolutions.rules.canonical import language_hash, normal_field
from resolutions.rules.drafting import head_of, words_hash
from resolutions.rules.operations import Words
from resolutions.rules.structure import TextTree
from resolutions.rules.text_lifecycle import TEXT_LIFECYCLE, TextAction, TextState
from resolutions.selectors.drafting import DraftState, PastProvision, draft_state_at
from resolutions.selectors.trees import draft_trees
from resolutions.services.drafting_rows import replace_draft, reword, write_draft
from resolutions.services.refusals import step
from secretariat.kernel.audit import Record, act
from secretariat.kernel.errors import Conflict, InvalidInput, Missing
from secretariat.kernel.models import User
from secretariat.kernel.policy import Authority

LONGEST_REASON = 300


class Changed(Conflict):
    """Somebody else changed provisions while words for them were typed. `keys` names them."""

    default_code = "changed_meanwhile"

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(
            _(
                "Somebody else changed this meanwhile. Your words are kept below, beside what the "
                "draft says now. Put them together and save again."
            ),
            where=keys[0],
        )
        self.keys = tuple(keys)


class Locked(Conflict):
    """Somebody else is at work on a provision. `lock` says who, and until when."""

    default_code = "provision_locked"

    def __init__(self, lock: ProvisionLock) -> None:
        super().__init__(
            _(
                "Somebody else is at work on this provision. Your words are kept. Save them when "
                "it is free again, or ask the office to take it over."
            ),
            where=lock.key,
        )
        self.lock = lock


@dataclass(frozen=True, slots=True)
class ProvisionWords:
    """Words to be saved for a provision, by language.

    `base` gives, for each language, `words_hash` of what stood there when they were begun; a
    language that it lacks is written whatever stands there.
    """

    key: str
    words: Mapping[str, Words]
    base: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pen:
    """A draft that is being written: locked, and again a draft if it was published."""

    instrument: Instrument
    authority: Authority
    city: City | None
    actor: Any
    now: datetime
    record: Record

    @contextmanager
    def revision(self, *, act: str, reason: str) -> Iterator[None]:
        """What is saved within is one revision."""
        with reversion.create_revision():
            if isinstance(self.actor, User):
                reversion.set_user(self.actor)
            reversion.set_date_created(self.now)
            reversion.set_comment(reason)
            reversion.add_meta(
                DraftRevision,
                instrument=self.instrument,
                city=self.city,
                role=self.authority.role,
                act=act,
            )
            yield

    def enter(self, act: str, reason: str, **payload: Any) -> None:
        """The entry in the audit chain."""
        self.record(self.instrument.chain, "text.edited", {"act": act, "reason": reason, **payload})

    def rows(self) -> dict[str, Provision]:
        """Every provision, tombstones too, in reading order, with its words."""
        rows = self.instrument.provisions.prefetch_related("texts").order_by("position")
        return {row.key: row for row in rows}

    def require_free(self, keys: Iterable[str]) -> None:
        """Raise Locked where somebody else is at work on one of the provisions, or around it."""
        locks = {
            lock.key: lock
            for lock in self.instrument.locks.filter(ends_at__gt=self.now)
            .exclude(person=self.actor if isinstance(self.actor, User) else None)
            .select_related("city")
        }
        if not locks:
            return
        shapes = {row.key: row for row in self.instrument.provisions.all()}
        for key in keys:
            for held in (key, head_of(key, shapes) if key in shapes else ""):
                if held in locks:
                    raise Locked(locks[held])


@contextmanager
def pen(*, instrument: Instrument, city: City | None, actor: Any, now: datetime) -> Iterator[Pen]:
    """Take up the draft: authorise, lock, ask again, and begin anew where it was published."""
    authority = draft_policy.require(actor, instrument, city, now)
    with act(authority, now) as record:
        locked = Instrument.objects.select_for_update().get(pk=instrument.pk)
        if city is not None:
            still_holds(actor=actor, action=CityAction.DRAFT_TEXTS, city=city, now=now)
        draft_policy.require(actor, locked, city, now)
        state = draft_state(locked)
        if state != locked.state:
            locked.state = state
            locked.save(update_fields=["state"])
        yield Pen(locked, authority, city, actor, now, record)


def draft_text(
    *,
    slug: str,
    kind: str,
    trees: Iterable[TextTree],
    titles: Mapping[str, str] | None = None,
    authentic_languages: Iterable[str] = (),
    reason: str = "",
    actor: Any,
    now: datetime,
) -> Instrument:
    """Put imported trees into the working draft of an instrument, new or existing.

    Each tree replaces the draft in its language; provisions of the other languages keep
    their words, and what no language has any more becomes a tombstone. One revision.
    """
    trees = list(trees)
    authority = office_policy.require(actor, OfficeAction.DRAFT_TEXTS, now)
    check_slug(slug)
    with act(authority, now) as record:
        instrument, created = Instrument.objects.get_or_create(
            slug=slug,
            defaults={
                "kind": kind,
                "authentic_languages": sorted(authentic_languages) or [t.lang for t in trees],
                "created_at": now,
            },
        )
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        if instrument.kind != kind:
            raise Conflict(
                _("A text of another kind has this address name. Choose another one."),
                code="kind_differs",
                where=slug,
            )
        instrument.state = draft_state(instrument)
        if created is False and authentic_languages:
            instrument.authentic_languages = sorted(authentic_languages)
        instrument.save(update_fields=["state", "authentic_languages"])
        writing = Pen(instrument, authority, None, actor, now, record)
        with writing.revision(act="import", reason=reason or "import"):
            for tree in trees:
                title = normal_field((titles or {}).get(tree.lang) or tree.title)
                check_title(title, where=f"{slug} ({tree.lang})")
                _entitle(instrument, tree.lang, title)
            if not (created and write_draft(instrument, trees, now)):
                for tree in trees:
                    replace_draft(instrument, tree, now)
        record(
            instrument.chain,
            "text.drafted",
            {
                "kind": kind,
                "authentic": sorted(instrument.authentic_languages),
                "languages": draft_hashes(instrument=instrument),
                "reason": reason,
            },
        )
    return instrument


def save_words(
    *,
    instrument: Instrument,
    provisions: Sequence[ProvisionWords],
    reason: str,
    still_the_same: bool = False,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> tuple[str, ...]:
    """Save the words of some provisions as one revision; returns the keys that changed.

    What the writer did not touch is left alone, whatever others wrote there meanwhile; what
    somebody else changed under the writer's hands raises Changed, what somebody else is at work
    on raises Locked, and then nothing is saved. `still_the_same`: where one language was
    changed, the others still say the same.
    """
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        wanted = [each.key for each in provisions]
        rows = {
            row.key: row
            for row in writing.instrument.provisions.filter(key__in=wanted).prefetch_related(
                "texts"
            )
        }
        changes = _changes(provisions, rows)
        if not changes:
            return ()
        writing.require_free(changes)
        languages: set[str] = set()
        with writing.revision(act="words", reason=reason):
            for key, words in changes.items():
                reword(rows[key], words, still_the_same=still_the_same, now=now)
                languages.update(words)
        writing.enter("words", reason, provisions=list(changes), languages=sorted(languages))
    return tuple(changes)


def confirm_translation(
    *,
    instrument: Instrument,
    key: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Say that the languages of a provision say the same: its flag goes, its words stay."""
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        row = provision_of(writing, key)
        writing.require_free([key])
        with writing.revision(act="compared", reason=""):
            for text in row.texts.all():
                text.reviewed_at = now
                text.save(update_fields=["reviewed_at"])
            reversion.add_to_revision(row)
        writing.enter("compared", "", provisions=[key])


def entitle_draft(
    *,
    instrument: Instrument,
    titles: Mapping[str, str],
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Change what the text is called, language by language."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        changed = []
        with writing.revision(act="title", reason=reason):
            for language, given in titles.items():
                title = normal_field(given)
                check_title(title, where=language)
                if _entitle(writing.instrument, language, title):
                    changed.append(language)
        if changed:
            writing.enter("title", reason, languages=sorted(changed))


def restore_draft(
    *,
    instrument: Instrument,
    revision: int,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> tuple[str, ...]:
    """Bring the whole draft back to how it was after a revision; returns the keys that changed.

    The old words, numbers and places are written anew, as a revision of their own: nothing of
    what came between is lost.
    """
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        then = _state_at(writing, revision)
        rows = writing.rows()
        with writing.revision(act="restored", reason=reason):
            changed = _bring_back(writing, then, rows)
            for language, title in then.titles.items():
                _entitle(writing.instrument, language, title)
        writing.require_free(changed)
        writing.enter("restored", reason, provisions=changed, revision=revision)
    return tuple(changed)


def restore_provision(
    *,
    instrument: Instrument,
    key: str,
    revision: int,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Give one provision the words that it had after a revision, in every language."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        past = _state_at(writing, revision).provisions.get(key)
        if past is None:
            raise Missing(_("The provision was not there then."), where=key)
        row = provision_of(writing, key)
        writing.require_free([key])
        with writing.revision(act="restored", reason=reason):
            if _rewrite(row, past, now):
                reversion.add_to_revision(row)
        writing.enter("restored", reason, provisions=[key], revision=revision)


# ── what the acts share ─────────────────────────────────────────────────────────────────────


def draft_hashes(*, instrument: Instrument) -> dict[str, str]:
    """The SHA-256 of the draft in each language it has."""
    trees = draft_trees(instrument=instrument)
    return {language: language_hash(tree) for language, tree in trees.items()}


def draft_state(instrument: Instrument) -> str:
    """The state in which the text may be edited; a published text begins a new draft."""
    action = TextAction.EDIT
    if instrument.state in (TextState.PUBLISHED, TextState.WITHDRAWN):
        action = TextAction.REDRAFT
    return step(TEXT_LIFECYCLE, instrument.state, action, where=instrument.slug)


def check_slug(slug: str) -> None:
    """Raise InvalidInput unless `slug` can stand in an address."""
    try:
        validate_slug(slug)
    except ValidationError:
        pass
    else:
        if len(slug) <= 100:
            return
    raise InvalidInput(
        _("An address name has Latin letters, digits and hyphens, 100 at most."),
        code="bad_slug",
        where=slug[:100],
    )


def check_title(title: str, *, where: str) -> None:
    """Raise InvalidInput where a text has no title, or one that is too long."""
    if not title.strip():
        raise InvalidInput(
            _("The text has no title. Give it one."), code="title_missing", where=where
        )
    if len(title) > 500:
        raise InvalidInput(
            _("The title is longer than 500 characters. Give the text a shorter one."),
            code="title_too_long",
            where=where,
        )


def check_reason(reason: str) -> str:
    """The reason as it is kept. Raises InvalidInput where there is none, or too long a one."""
    reason = normal_field(reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInput(
            _("Say in a few words why, in at most 300 characters."),
            code="reason_missing",
            where="reason",
        )
    return reason


def provision_of(writing: Pen, key: str) -> Provision:
    """A provision of the draft with its words, or Missing."""
    row = (
        writing.instrument.provisions.filter(key=key, removed=False)
        .prefetch_related("texts")
        .first()
    )
    if row is None:
        raise Missing(_("The draft has no such provision."), where=key)
    return row


def _changes(
    provisions: Iterable[ProvisionWords], rows: Mapping[str, Provision]
) -> dict[str, dict[str, Words]]:
    """Key → language → words that were really changed. Raises Changed."""
    changes: dict[str, dict[str, Words]] = {}
    clashing: list[str] = []
    for each in provisions:
        row = rows.get(each.key)
        texts = {text.language: text for text in row.texts.all()} if row else {}
        for language, words in each.words.items():
            given = words_hash(words.heading, words.text)
            stands = texts.get(language)
            current = words_hash(stands.heading, stands.text) if stands else words_hash("", "")
            base = each.base.get(language)
            if given in (base, current) and (row is not None or given == base):
                continue
            if (row is None or row.removed) and base is None:
                raise Missing(_("The draft has no such provision."), where=each.key)
            if row is None or row.removed or (base is not None and base != current):
                clashing.append(each.key)
                continue
            changes.setdefault(each.key, {})[language] = words
    if clashing:
        raise Changed(list(dict.fromkeys(clashing)))
    return changes


def _entitle(instrument: Instrument, language: str, title: str) -> bool:
    """Give the text its title in one language; whether it had another one."""
    row = InstrumentTitle.objects.filter(instrument=instrument, language=language).first()
    if row is not None and row.title == title:
        return False
    row = row or InstrumentTitle(instrument=instrument, language=language)
    row.title = title
    row.save()
    return True


# ── going back ──────────────────────────────────────────────────────────────────────────────


def _state_at(writing: Pen, revision: int) -> DraftState:
    then = draft_state_at(instrument=writing.instrument, revision=revision)
    if then is None:
        raise Missing(_("The history of this text has no such point."), where=str(revision))
    return then


def _bring_back(writing: Pen, then: DraftState, rows: dict[str, Provision]) -> list[str]:
    """Write a past state into the rows; the keys that changed."""
    changed = []
    for key, past in then.provisions.items():
        row = rows.get(key) or Provision(instrument=writing.instrument, key=key)
        if row.pk is None:
            rows[key] = row
        moved = _reshape(row, past)
        if _rewrite(row, past, writing.now) or moved:
            reversion.add_to_revision(row)
            changed.append(key)
    for key, row in rows.items():
        if key not in then.provisions and not row.removed:
            row.removed = True
            row.save(update_fields=["removed"])
            reversion.add_to_revision(row)
            changed.append(key)
    return changed


def _reshape(row: Provision, past: PastProvision) -> bool:
    shape = (past.parent_key, past.position, past.kind, past.number, False)
    if row.pk and (row.parent_key, row.position, row.kind, row.number, row.removed) == shape:
        return False
    row.parent_key, row.position, row.kind, row.number, row.removed = shape
    row.save()
    return True


def _rewrite(row: Provision, past: PastProvision, now: datetime) -> bool:
    """Give a row its past words; whether that changed any. What lagged then lags again."""
    texts = {text.language: text for text in row.texts.all()}
    stood = {code: (text.heading, text.text) for code, text in texts.items()}
    if stood == {code: (words.heading, words.text) for code, words in past.words.items()}:
        return False
    latest = max(
        (words.reviewed_at for words in past.words.values() if words.reviewed_at), default=None
    )
    for code, words in past.words.items():
        text = texts.pop(code, None) or ProvisionText(provision=row, language=code)
        text.heading, text.text = words.heading, words.text
        text.reviewed_at = now if words.reviewed_at == latest else words.reviewed_at
        text.save()
    for text in texts.values():
        text.delete()
    row.__dict__.get("_prefetched_objects_cache", {}).pop("texts", None)
    return True
