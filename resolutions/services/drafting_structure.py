"""The structure of a draft: inserting, moving, renumbering, striking and bringing back.

What is struck becomes a tombstone, with its words, until the text is adopted; a key is never
given to another provision. A repealed provision keeps its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from reversion.models import Version

from members.models import City
from resolutions.models import EditionProvision, Instrument, Provision
from resolutions.rules.drafting import (
    REPEALED,
    is_number,
    kinds_below,
    new_key,
    run_of_numbers,
    series_of,
)
from resolutions.rules.operations import Words
from resolutions.rules.references import follow_renumbering
from resolutions.rules.structure import Kind
from resolutions.selectors.trees import build_tree
from resolutions.services.drafting import Pen, check_reason, pen
from resolutions.services.drafting_rows import make_room, places, reword
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, WrongState


def insert_provision(
    *,
    instrument: Instrument,
    kind: str,
    number: str,
    parent: str,
    after: str,
    words: Mapping[str, Words],
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> Provision:
    """Put a new provision below `parent` ("" at the top) after its child `after` ("" as first)."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        rows = writing.rows()
        _require_place(rows, kind, parent, after)
        writing.require_free([parent] if parent else [])
        taken = {*rows, *_adopted_keys(writing.instrument)}
        number = _require_number(number)
        row = Provision(
            instrument=writing.instrument,
            key=new_key(Kind(kind), number, parent, rows, taken),
            parent_key=parent,
            kind=kind,
            number=number,
            position=0,
        )
        given = {code: each for code, each in words.items() if each.heading or each.text}
        with writing.revision(act="inserted", reason=reason):
            _put(rows, [row], after=_last_below(rows, after or parent, whole=bool(after)))
            _require_free_number({**rows, row.key: row}, row)
            reword(row, given, now=now)
        writing.enter("inserted", reason, provisions=[row.key])
    return row


def move_provision(
    *,
    instrument: Instrument,
    key: str,
    parent: str,
    after: str,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Put a provision, with everything below it, below `parent` after its child `after`."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        rows = writing.rows()
        row = _living(rows, key)
        moved = _below(rows, key)
        if parent in moved or after in moved:
            raise InvalidInput(
                _("A provision cannot stand within itself. Choose another place."),
                code="within_itself",
                where="place",
            )
        _require_place(rows, row.kind, parent, after)
        writing.require_free([key, *([parent] if parent else [])])
        others = {each: rows[each] for each in rows if each not in moved}
        with writing.revision(act="moved", reason=reason):
            row.parent_key = parent
            _put(
                others,
                [rows[each] for each in moved],
                after=_last_below(others, after or parent, whole=bool(after)),
            )
        writing.enter("moved", reason, provisions=[key])


def step_provision(
    *,
    instrument: Instrument,
    key: str,
    down: bool,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Move a provision one place up or down among its siblings."""
    rows = {row.key: row for row in instrument.provisions.order_by("position")}
    row = _living(rows, key)
    siblings = [
        each.key for each in rows.values() if each.parent_key == row.parent_key and not each.removed
    ]
    place = siblings.index(key) + (1 if down else -1)
    if not 0 <= place < len(siblings):
        raise WrongState(
            _("There is nothing to change places with here."), code="no_neighbour", where=key
        )
    siblings.remove(key)
    move_provision(
        instrument=instrument,
        key=key,
        parent=row.parent_key,
        after=siblings[place - 1] if place else "",
        reason=reason,
        city=city,
        actor=actor,
        now=now,
    )


def renumber_provision(
    *,
    instrument: Instrument,
    key: str,
    number: str,
    onward: bool = False,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> tuple[str, ...]:
    """Give a provision another number; references to it follow, in every language.

    `onward`: those that follow it in the same numbering get the next numbers. Returns the keys
    whose number or words changed.
    """
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        rows = writing.rows()
        row = _living(rows, key)
        number = _require_number(number)
        living = [each for each in rows.values() if not each.removed]
        before = _trees(writing.instrument, living)
        numbers = {key: number}
        if onward and row.number:
            run = series_of(key, living)
            run = run[run.index(key) :]
            counted = run_of_numbers(number, len(run))
            if counted is None:
                raise InvalidInput(
                    _("One cannot count on from this number. Give a plain one."),
                    code="bad_number",
                    where="number",
                )
            numbers = dict(zip(run, counted, strict=True))
        changed = {each: given for each, given in numbers.items() if rows[each].number != given}
        writing.require_free(changed)
        with writing.revision(act="renumbered", reason=reason):
            for each, given in changed.items():
                rows[each].number = given
                rows[each].save(update_fields=["number"])
                reversion.add_to_revision(rows[each])
            _require_free_number(rows, row)
            followed = _follow(writing, rows, before, _trees(writing.instrument, living))
        touched = tuple(dict.fromkeys((*changed, *followed)))
        if touched:
            writing.enter("renumbered", reason, provisions=list(touched))
    return touched


def strike_provision(
    *,
    instrument: Instrument,
    key: str,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Take a provision, with everything below it, out of the draft: tombstones."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        rows = writing.rows()
        _living(rows, key)
        struck = [each for each in _below(rows, key) if not rows[each].removed]
        writing.require_free(struck)
        with writing.revision(act="struck", reason=reason):
            _set_removed([rows[each] for each in struck], removed=True)
        writing.enter("struck", reason, provisions=struck)


def unstrike_provision(
    *,
    instrument: Instrument,
    key: str,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Bring a tombstone back to where it stood, with what was struck together with it."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        rows = writing.rows()
        row = rows.get(key)
        if row is None or not row.removed:
            raise Missing(_("There is no struck provision of this name."), where=key)
        if row.parent_key and rows[row.parent_key].removed:
            raise WrongState(
                _("What it stood in is struck too. Bring that back first."),
                code="parent_struck",
                where=row.parent_key,
            )
        together = _struck_together(rows, key)
        others = {each: rows[each] for each in rows if each not in _below(rows, key)}
        before = [
            each
            for each in others.values()
            if each.parent_key == row.parent_key
            and not each.removed
            and each.position < row.position
        ]
        anchor = max(before, key=lambda each: each.position).key if before else ""
        with writing.revision(act="unstruck", reason=reason):
            _put(
                others,
                [rows[each] for each in _below(rows, key)],
                after=_last_below(others, anchor or row.parent_key, whole=bool(anchor)),
            )
            _set_removed([rows[each] for each in together], removed=False)
        writing.enter("unstruck", reason, provisions=together)


def repeal_provision(
    *,
    instrument: Instrument,
    key: str,
    reason: str,
    city: City | None = None,
    actor: Any,
    now: datetime,
) -> None:
    """Take the words away and keep the number: 제7조 삭제, Article 7 Repealed."""
    reason = check_reason(reason)
    with pen(instrument=instrument, city=city, actor=actor, now=now) as writing:
        rows = writing.rows()
        row = _living(rows, key)
        if not row.number:
            raise WrongState(
                _("It has no number that could stay. Delete it instead."),
                code="without_number",
                where=key,
            )
        below = [each for each in _below(rows, key) if each != key and not rows[each].removed]
        writing.require_free([key, *below])
        languages = {text.language for text in row.texts.all()} | set(
            writing.instrument.authentic_languages
        )
        words = {code: Words("", REPEALED.get(code, REPEALED["en"])) for code in languages}
        with writing.revision(act="repealed", reason=reason):
            _set_removed([rows[each] for each in below], removed=True)
            reword(row, words, now=now)
        writing.enter("repealed", reason, provisions=[key, *below])


# ── places ──────────────────────────────────────────────────────────────────────────────────


def _living(rows: Mapping[str, Provision], key: str) -> Provision:
    row = rows.get(key)
    if row is None or row.removed:
        raise Missing(_("The draft has no such provision."), where=key)
    return row


def _below(rows: Mapping[str, Provision], key: str) -> list[str]:
    """A provision and everything below it, tombstones too, in the order of their positions."""
    inside = {key}
    waiting = [key]
    children: dict[str, list[str]] = {}
    for row in rows.values():
        children.setdefault(row.parent_key, []).append(row.key)
    while waiting:
        for child in children.get(waiting.pop(), []):
            inside.add(child)
            waiting.append(child)
    ordered = sorted(inside - {key}, key=lambda each: rows[each].position)
    return [key, *ordered]


def _last_below(rows: Mapping[str, Provision], key: str, *, whole: bool) -> int:
    """The position after which something stands: after all of `key`, or as its first child."""
    if not key:
        return 0
    if not whole:
        return rows[key].position
    return max(rows[each].position for each in _below(rows, key))


def _put(rows: Mapping[str, Provision], moved: Sequence[Provision], *, after: int) -> None:
    """Save `moved` one after another behind the row of `rows` at `after`."""
    free = make_room(list(rows.values()), after, len(moved))
    for row, position in zip(moved, places(rows.values(), free, len(moved)), strict=True):
        row.position = position
        row.save()
        reversion.add_to_revision(row)


def _require_place(rows: Mapping[str, Provision], kind: str, parent: str, after: str) -> None:
    """Raise unless `kind` may stand below `parent`, after its living child `after`."""
    above = _living(rows, parent) if parent else None
    allowed = kinds_below(Kind(above.kind) if above else None)
    if kind not in allowed:
        raise InvalidInput(
            _("Such a provision cannot stand there. Choose another kind or another place."),
            code="kind_out_of_place",
            where="kind",
        )
    if after and _living(rows, after).parent_key != parent:
        raise InvalidInput(
            _("The place is gone. Look at the draft again and choose another one."),
            code="place_gone",
            where="place",
        )


def _require_number(number: str) -> str:
    number = number.strip()
    if len(number) > 20 or not is_number(number):
        raise InvalidInput(
            _("A number is written 3, 12-2 (제12조의2, Article 12 bis) or 4.1, or left empty."),
            code="bad_number",
            where="number",
        )
    return number


def _require_free_number(rows: Mapping[str, Provision], row: Provision) -> None:
    """Raise where two provisions of one numbering have the same number."""
    if not row.number:
        return
    living = [each for each in rows.values() if not each.removed]
    numbers = [rows[key].number for key in series_of(row.key, living)]
    if len(numbers) != len(set(numbers)):
        raise Conflict(
            _(
                "Another provision has this number already. Choose another one, or renumber the "
                "following ones with it."
            ),
            code="number_taken",
            where="number",
        )


def _set_removed(rows: Iterable[Provision], *, removed: bool) -> None:
    for row in rows:
        row.removed = removed
        row.save(update_fields=["removed"])
        reversion.add_to_revision(row)


def _struck_together(rows: Mapping[str, Provision], key: str) -> list[str]:
    """The tombstones at and below `key` whose newest version is of the same revision as its."""
    below = [each for each in _below(rows, key) if rows[each].removed]
    newest = dict(
        Version.objects.filter(
            content_type=ContentType.objects.get_for_model(Provision),
            object_id__in=[str(rows[each].pk) for each in below],
        )
        .order_by()
        .values("object_id")
        .annotate(newest=Max("revision"))
        .values_list("object_id", "newest")
    )
    struck = newest.get(str(rows[key].pk))
    return [each for each in below if each == key or newest.get(str(rows[each].pk)) == struck]


def _adopted_keys(instrument: Instrument) -> set[str]:
    adopted = EditionProvision.objects.filter(edition__instrument=instrument)
    return set(adopted.values_list("key", flat=True))


# ── references ──────────────────────────────────────────────────────────────────────────────


def _trees(instrument: Instrument, rows: Sequence[Provision]) -> dict[str, Any]:
    languages = {text.language for row in rows for text in row.texts.all()}
    return {
        code: build_tree(rows=rows, title=instrument.title_in(code), language=code)
        for code in languages
    }


def _follow(
    writing: Pen,
    rows: Mapping[str, Provision],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> list[str]:
    """Let references follow their targets' numbers; the keys whose words changed.

    The meaning stays, so that the languages stay brought together as they were.
    """
    touched: list[str] = []
    for code, tree in after.items():
        stood = tree.by_key()
        for key, node in follow_renumbering(before[code], tree).by_key().items():
            if (node.heading, node.text) == (stood[key].heading, stood[key].text):
                continue
            text = next(each for each in rows[key].texts.all() if each.language == code)
            text.heading, text.text = node.heading, node.text
            text.save(update_fields=["heading", "text"])
            reversion.add_to_revision(rows[key])
            touched.append(key)
    return touched
