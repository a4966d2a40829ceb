"""The rows of a draft: their words, their places, and a whole tree written into them.

To be called within a revision: what is changed is added to it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import reversion
from django.db.models import prefetch_related_objects

from resolutions.models import Instrument, Provision, ProvisionText
from resolutions.rules.canonical import normal_field
from resolutions.rules.drafting import together
from resolutions.rules.operations import Words
from resolutions.rules.structure import Provision as Node
from resolutions.rules.structure import TextTree

POSITION_STEP = 1 << 20


def reword(
    row: Provision, words: Mapping[str, Words], *, still_the_same: bool = False, now: datetime
) -> None:
    """Write words of some languages into a row, within a revision; only what changed is saved."""
    texts = {text.language: text for text in row.texts.all()}
    fresh = {
        code for code in words if code not in texts or not (texts[code].heading or texts[code].text)
    }
    reviewed = {code: text.reviewed_at for code, text in texts.items()}
    after = together(reviewed, changed=words, fresh=fresh, still_the_same=still_the_same, now=now)
    for code, moment in after.items():
        text = texts.get(code) or ProvisionText(provision=row, language=code)
        if code in words:
            text.heading = normal_field(words[code].heading)
            text.text = normal_field(words[code].text)
        elif text.reviewed_at == moment:
            continue
        text.reviewed_at = moment
        text.save()
    row.__dict__.get("_prefetched_objects_cache", {}).pop("texts", None)
    reversion.add_to_revision(row)


# ── importing ───────────────────────────────────────────────────────────────────────────────


def write_draft(instrument: Instrument, trees: Iterable[TextTree], now: datetime) -> bool:
    """Write trees into an instrument without rows, all at once; False where they do not fit.

    They fit where what several of them have stands in the same place and order in each. What
    `replace_draft` would come to, in a tenth of its time.
    """
    rows: dict[str, Provision] = {}
    words: list[tuple[str, str, Node]] = []
    order: list[str] = []
    for tree in trees:
        last = -1
        for node, parent in tree.walk_with_parent():
            shape = (parent.key if parent else "", str(node.kind), node.number)
            words.append((node.key, tree.lang, node))
            row = rows.get(node.key)
            if row is None:
                rows[node.key] = Provision(
                    instrument=instrument,
                    key=node.key,
                    parent_key=shape[0],
                    kind=shape[1],
                    number=shape[2],
                )
                last += 1
                order.insert(last, node.key)
                continue
            try:
                last = order.index(node.key, last + 1)
            except ValueError:
                return False
            if (row.parent_key, row.kind, row.number) != shape:
                return False
    for place, key in enumerate(order, start=1):
        rows[key].position = POSITION_STEP * place
    made = Provision.objects.bulk_create([rows[key] for key in order])
    by_key = {row.key: row for row in made}
    ProvisionText.objects.bulk_create(
        ProvisionText(
            provision=by_key[key],
            language=language,
            heading=normal_field(node.heading),
            text=normal_field(node.text),
            reviewed_at=now,
        )
        for key, language, node in words
    )
    prefetch_related_objects(made, "texts")
    for row in made:
        reversion.add_to_revision(row)
    return True


def replace_draft(instrument: Instrument, tree: TextTree, now: datetime) -> None:
    """Write one language's tree into the working rows; only what changed is saved."""
    existing = {p.key: p for p in instrument.provisions.prefetch_related("texts")}
    after = 0
    seen: set[str] = set()

    def place(nodes: Iterable[Node], parent: str) -> None:
        nonlocal after
        for node in nodes:
            seen.add(node.key)
            row = existing.get(node.key)
            if row is None:
                row = Provision(instrument=instrument, key=node.key, position=0)
            if row.position <= after and not _has_room(existing.values(), after):
                after = _spread(existing.values(), after)
            position = row.position if row.position > after else places(existing.values(), after)[0]
            changed = _move(row, node, parent=parent, position=position)
            existing[node.key] = row
            after = position
            if _replace_words(row, node, language=tree.lang, now=now) or changed:
                reversion.add_to_revision(row)
            place(node.children, node.key)

    place(tree.provisions, "")
    for key, row in existing.items():
        if key in seen or row.removed:
            continue
        gone = [t for t in row.texts.all() if t.language == tree.lang]
        for words in gone:
            words.delete()
        if len(row.texts.all()) == len(gone):
            row.removed = True
            row.save(update_fields=["removed"])
        reversion.add_to_revision(row)


def _replace_words(row: Provision, node: Node, *, language: str, now: datetime) -> bool:
    """Give a working row its words in one language; whether anything changed."""
    stands = next((text for text in row.texts.all() if text.language == language), None)
    heading, text = normal_field(node.heading), normal_field(node.text)
    if stands is not None and (stands.heading, stands.text) == (heading, text):
        return False
    reword(row, {language: Words(heading, text)}, now=now)
    return True


def _move(row: Provision, node: Node, *, parent: str, position: int) -> bool:
    """Give a working row its place and number; whether anything changed."""
    now_it_is = (row.parent_key, row.position, row.kind, row.number, row.removed)
    should_be = (parent, position, str(node.kind), node.number, False)
    if row.pk and now_it_is == should_be:
        return False
    row.parent_key, row.position, row.kind, row.number, row.removed = should_be
    row.save()
    return True


# ── places: sparse, so that an insertion does not touch its siblings ────────────────────────


def places(rows: Collection[Provision], after: int, count: int = 1) -> list[int]:
    """`count` free places, near `after`: what is inserted next mostly follows what was last.

    There must be room (`make_room`).
    """
    following = _following(rows, after)
    if following is None:
        return [after + POSITION_STEP * step for step in range(1, count + 1)]
    step = max((following - after) // (64 * count), 1)
    return [after + step * place for place in range(1, count + 1)]


def make_room(rows: Collection[Provision], after: int, count: int) -> int:
    """See to it that `count` places are free after the row at `after`; where it stands now."""
    return after if _has_room(rows, after, count) else _spread(rows, after)


def _following(rows: Iterable[Provision], after: int) -> int | None:
    return min((row.position for row in rows if row.position > after), default=None)


def _has_room(rows: Iterable[Provision], after: int, count: int = 1) -> bool:
    following = _following(rows, after)
    return following is None or following - after > count


def _spread(rows: Collection[Provision], after: int) -> int:
    """Put the rows apart again, in their order; where the one at `after` stands now."""
    ordered = sorted(rows, key=lambda row: row.position)
    stands = 0
    for place, row in enumerate(ordered, start=1):
        if row.position == after:
            stands = place * POSITION_STEP
        row.position = place * POSITION_STEP
        reversion.add_to_revision(row)
    Provision.objects.bulk_update(ordered, ["position"])
    return stands
