"""What differs between two trees of one text, provision by provision.

Provisions are paired by key. Exact, and O(n log n): this says *which* provisions differ; the
words that differ within one are the redline's matter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from resolutions.rules.structure import Provision, TextTree

COMPARED = ("kind", "number", "heading", "text")


class ChangeKind(StrEnum):
    """What happened to a provision."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `key` is "" for the title; `fields` names what changed.

    `old` and `new` are the provisions themselves (None where there is none).
    A provision that was both changed and moved gives two changes.
    """

    change: ChangeKind
    key: str
    fields: tuple[str, ...] = ()
    old: Provision | None = None
    new: Provision | None = None

    def as_json(self) -> dict[str, Any]:
        """`{"change","key","kind","number","fields","old":{…}|null,"new":{…}|null}`."""
        shown = self.new or self.old
        return {
            "change": self.change.value,
            "key": self.key,
            "kind": shown.kind.value if shown else "title",
            "number": shown.number if shown else "",
            "fields": list(self.fields),
            "old": _fields(self.old),
            "new": _fields(self.new),
        }


def _fields(provision: Provision | None) -> dict[str, str] | None:
    if provision is None:
        return None
    return {field: str(getattr(provision, field)) for field in COMPARED}


def compare(old: TextTree, new: TextTree) -> tuple[Change, ...]:
    """The changes from `old` to `new`: removed ones first, then in the reading order of `new`.

    Moved means: under another parent, or out of order among the siblings that stayed (the
    fewest that explain the new order). Keys have to be unique in each tree (ValueError).
    """
    before, after = old.by_key(), new.by_key()
    changes: list[Change] = []
    if old.title != new.title:
        changes.append(Change(ChangeKind.CHANGED, "", ("title",)))
    changes += [
        Change(ChangeKind.REMOVED, key, old=provision)
        for key, provision in before.items()
        if key not in after
    ]
    moved = moved_keys(old, new)
    for key, provision in after.items():
        earlier = before.get(key)
        if earlier is None:
            changes.append(Change(ChangeKind.ADDED, key, new=provision))
            continue
        fields = tuple(
            field for field in COMPARED if getattr(earlier, field) != getattr(provision, field)
        )
        if fields:
            changes.append(Change(ChangeKind.CHANGED, key, fields, earlier, provision))
        if key in moved:
            changes.append(Change(ChangeKind.MOVED, key, old=earlier, new=provision))
    return tuple(changes)


def _siblings(tree: TextTree) -> dict[str, list[str]]:
    """Parent key ("" at the top) to the keys of its children."""
    below = {"": [provision.key for provision in tree.provisions]}
    for provision in tree.walk():
        below[provision.key] = [child.key for child in provision.children]
    return below


def moved_keys(old: TextTree, new: TextTree) -> set[str]:
    """The keys that are in both trees and stand elsewhere in `new`, as `compare` means it."""
    old_below, new_below = _siblings(old), _siblings(new)
    old_parent = {key: parent for parent, keys in old_below.items() for key in keys}
    moved: set[str] = set()
    for parent, keys in new_below.items():
        if keys == old_below.get(parent):
            continue
        places = {key: place for place, key in enumerate(old_below.get(parent, ()))}
        moved.update(key for key in keys if key in old_parent and key not in places)
        stayed = [key for key in keys if key in places]
        moved.update(out_of_order(stayed, [places[key] for key in stayed]))
    return moved


def out_of_order(keys: Sequence[str], places: Sequence[int]) -> set[str]:
    """The keys outside one longest increasing run of `places`."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, place in enumerate(places):
        length = bisect_left(tails, place)
        previous.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [index]
    kept: set[str] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(keys[index])
        index = previous[index]
    return set(keys) - kept
