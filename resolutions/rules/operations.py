"""Operations: what an amendment does to the provisions of a text, in every language at once.

Each operation names a provision by its stable key and carries, for each language that it
touches, the hash of what it was written against, so that a stale one is found out. Applying
and comparing them is the matter of `resolutions.rules.amending`.

    substitute     the words of `key` read as in `words`; a language that `words` lacks stays
    insert_after   a new provision `key` of `kind` and `number` stands below `parent` ("" at the
                   top), after its sibling `after` ("" as the first)
    delete         `key` and everything below it is struck; where `number_kept` says so it keeps
                   its number as repealed: no heading, and one word for a text (REPEALED)
    renumber       `key` gets `number`; references to it follow
    move           `key`, with everything below it, stands below `parent` after `after`

`parent` and `after` may be keys that the same amendment inserts. `base` holds the hash in every
language that is touched and has the provision: of a substitution the languages of `words`, of
everything else all; where nothing was there before, it is left out.

JSON, as `Amendment.operations` holds it and `apply_amendments` prints it:

    {"op": "substitute", "key": "art5.p1", "base": {"ko": "…", "en": "…"},
     "words": {"ko": {"heading": "", "text": "…"}, "en": {"heading": "", "text": "…"}}}
    {"op": "insert_after", "key": "art5.p4", "kind": "paragraph", "number": "4",
     "parent": "art5", "after": "art5.p3", "base": {…of the sibling, or of the parent…},
     "words": {…}}
    {"op": "delete", "key": "art8", "base": {…of the whole below it…}, "number_kept": true}
    {"op": "renumber", "key": "art9", "number": "8", "base": {…}}
    {"op": "move", "key": "art9", "parent": "ch3", "after": "", "base": {…}}

Hash: SHA-256 over canonical JSON (RFC 8785).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from resolutions.rules.canonical import normal_field
from resolutions.rules.canonical_json import canonical_json, sha256_hex
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision
from secretariat.kernel.bilingual import Bilingual

REPEALED: Final[Mapping[str, str]] = {"ko": "삭제", "en": "Repealed"}
"""What stands for the text of a provision that keeps its number; English where none is given."""


class Op(StrEnum):
    """What an operation does."""

    SUBSTITUTE = "substitute"
    INSERT_AFTER = "insert_after"
    DELETE = "delete"
    RENUMBER = "renumber"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Words:
    """Heading and text of a provision in one language, in the form in which they are stored."""

    heading: str = ""
    text: str = ""

    @classmethod
    def normal(cls, heading: str, text: str) -> Words:
        """The words as they are stored."""
        return cls(normal_field(heading), normal_field(text))

    @classmethod
    def repealed(cls, language: str) -> Words:
        """The words of a provision that is struck and keeps its number."""
        return cls("", REPEALED.get(language, REPEALED["en"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation; which fields count depends on `op` (see the module)."""

    op: Op
    key: str
    base: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    kind: Kind | None = None
    number: str = ""
    parent: str = ""
    after: str = ""
    number_kept: bool = False

    def as_json(self) -> dict[str, Any]:
        """The JSON of the module docstring: what does not count for `op` is left out."""
        shown: dict[str, Any] = {"op": self.op.value, "key": self.key, "base": dict(self.base)}
        if self.op in (Op.SUBSTITUTE, Op.INSERT_AFTER):
            shown["words"] = {
                language: {"heading": words.heading, "text": words.text}
                for language, words in self.words.items()
            }
        if self.op is Op.INSERT_AFTER:
            shown["kind"] = self.kind.value if self.kind else ""
        if self.op in (Op.INSERT_AFTER, Op.RENUMBER):
            shown["number"] = self.number
        if self.op in (Op.INSERT_AFTER, Op.MOVE):
            shown |= {"parent": self.parent, "after": self.after}
        if self.op is Op.DELETE:
            shown["number_kept"] = self.number_kept
        return shown

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Operation:
        """The operation that `as_json` wrote. Raises RuleRefused (operation_unreadable)."""
        try:
            return cls(
                op=Op(value["op"]),
                key=str(value["key"]),
                base={str(code): str(given) for code, given in value.get("base", {}).items()},
                words={
                    str(code): Words.normal(
                        str(words.get("heading", "")), str(words.get("text", ""))
                    )
                    for code, words in value.get("words", {}).items()
                },
                kind=Kind(value["kind"]) if value.get("kind") else None,
                number=str(value.get("number", "")),
                parent=str(value.get("parent", "")),
                after=str(value.get("after", "")),
                number_kept=bool(value.get("number_kept", False)),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise RuleRefused(
                "operation_unreadable",
                Bilingual(
                    ko=f"수정 내용을 읽을 수 없습니다({problem}). 수정안을 다시 작성하십시오.",
                    en=f"This operation cannot be read ({problem}). Write the amendment again.",
                ),
                where="operations",
            ) from problem


def operations_as_json(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """The list that `Amendment.operations` holds."""
    return [operation.as_json() for operation in operations]


def operations_from_json(value: Iterable[Mapping[str, Any]]) -> tuple[Operation, ...]:
    """What `operations_as_json` wrote. Raises RuleRefused."""
    return tuple(Operation.from_json(each) for each in value)


def operations_hash(operations: Iterable[Operation]) -> str:
    """The SHA-256 under which filed operations stand still."""
    return sha256_hex(canonical_json(operations_as_json(operations)))


def provision_hash(provision: Provision) -> str:
    """The hash of one provision's own words and number in one language, without what is below."""
    return _own_hash(
        provision.key, provision.kind.value, provision.number, provision.heading, provision.text
    )


@lru_cache(maxsize=16_384)
def _own_hash(key: str, kind: str, number: str, heading: str, text: str) -> str:
    fields = [key, kind, number, normal_field(heading), normal_field(text)]
    return sha256_hex(canonical_json(fields))


def subtree_hash(provision: Provision) -> str:
    """The hash of a provision with everything below it, in one language."""
    return sha256_hex(canonical_json([provision_hash(each) for each in provision.walk()]))
