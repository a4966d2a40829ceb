"""Amendments laid out for reading: amending sentences, the redline, the table of conflicts.

Nothing here asks the database; desk, office and public pages draw from the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from cms.components import Badge
from cms.redline_layout import RedlineText, lay_out_redline
from cms.seats import Text
from cms.templatetags.formats import reader_language
from resolutions.rules.conflicts import Conflict, ConflictMatrix
from resolutions.rules.numbering import cite
from resolutions.rules.operations import Operation
from resolutions.rules.redline import redline
from resolutions.rules.sentences import amending_sentences
from resolutions.rules.structure import Kind, TextTree
from secretariat.kernel.bilingual import Bilingual

Trees = Mapping[str, TextTree]

MOST_IN_A_TABLE = 30
"""Amendments that a table of conflicts still shows as a whole."""


@dataclass(frozen=True)
class SentencesIn:
    """The amending sentences in one language; `opening` names the text that is amended."""

    lang: str
    opening: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sentences:
    """Amending sentences, language by language, the reader's first."""

    template: ClassVar[str] = "cms/components/amending_sentences.html"
    columns: tuple[SentencesIn, ...]


@dataclass(frozen=True)
class ConflictKind:
    """How a table says what stands between two amendments: a sign, a word, a sentence."""

    conflict: Conflict
    sign: str
    says: Text
    tone: str

    @property
    def kind(self) -> str:
        return self.conflict.value

    @property
    def word(self) -> str:
        """The kind in the reader's language."""
        return self.conflict.label.in_language(reader_language())

    @property
    def badge(self) -> Badge:
        return Badge(self.word, self.tone)


KINDS: Mapping[Conflict, ConflictKind] = {
    each.conflict: each
    for each in (
        ConflictKind(Conflict.NONE, "·", _("They change different places."), "neutral"),
        ConflictKind(Conflict.IDENTICAL, "=", _("They do the same. It is done once."), "adopted"),
        ConflictKind(
            Conflict.MERGEABLE,
            "+",
            _("They change the same provision, and it takes both changes in every language."),
            "adopted",
        ),
        ConflictKind(
            Conflict.INSERTION_ORDER,
            "↕",
            _("They insert at the same place. The lower number comes first."),
            "waiting",
        ),
        ConflictKind(
            Conflict.HARD,
            "✕",
            _("They change the same words differently. Only one of them can be adopted."),
            "rejected",
        ),
        ConflictKind(
            Conflict.DELETE_AGAINST_EDIT,
            "⊘",
            _("One strikes what the other changes. Only one of them can be adopted."),
            "rejected",
        ),
        ConflictKind(
            Conflict.ANCHOR_GONE,
            "?",
            _("One strikes or moves the place at which the other inserts."),
            "rejected",
        ),
    )
}


@dataclass(frozen=True)
class Head:
    """An amendment at the edge of the table: number, its proposer's code, where it leads."""

    number: int
    code: str
    url: str


@dataclass(frozen=True)
class Cell:
    """What stands between two amendments; `url` leads to both side by side."""

    kind: str
    sign: str
    word: Text
    url: str = ""


@dataclass(frozen=True)
class TableRow:
    """One amendment against all; None where it meets itself."""

    head: Head
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class ConflictTable:
    """The conflict matrix as a table of words: `{% component table %}`."""

    template: ClassVar[str] = "cms/components/conflicts.html"
    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    legend: tuple[ConflictKind, ...]
    caption: Text = ""


def reading_order(languages: Iterable[str]) -> tuple[str, ...]:
    """The reader's language first."""
    return tuple(sorted(languages, key=lambda code: (code != reader_language(), code)))


def lay_out_sentences(
    base: Trees, operations: Sequence[Operation], title: Bilingual, *, opening: bool = True
) -> Sentences | None:
    """The amending sentences in every language of the text; None where nothing is changed."""
    found = amending_sentences(base, operations, title=title)
    if not found:
        return None
    enacting, *sentences = found
    return Sentences(
        tuple(
            SentencesIn(
                code,
                enacting.get(code, "") if opening else "",
                tuple(filter(None, (sentence.get(code, "") for sentence in sentences))),
            )
            for code in reading_order(base)
        )
    )


def lay_out_change(
    base: Trees, changed: Trees, *, level: int = 3, anchors: str = ""
) -> RedlineText | None:
    """The articles that change, as a redline in every language; None where nothing does."""
    laid = lay_out_redline(
        {code: redline(base[code], changed[code]) for code in base if code in changed},
        languages=reading_order(base),
        only_changed=True,
        first_heading_level=level,
        show_titles=False,
        anchors=anchors,
    )
    return laid if laid.changed else None


def touched_articles(base: Trees, changed: Trees, operations: Iterable[Operation]) -> str:
    """The articles that operations touch, in the reader's language: "Article 5, Article 9"."""
    code = reading_order(base)[0]
    cited: dict[str, None] = {}
    for operation in operations:
        for tree in (base[code], changed[code]):
            path = tree.path(operation.key) or tree.path(operation.parent)
            if not path:
                continue
            ends = next(
                (place for place, step in enumerate(path, 1) if step.kind is Kind.ARTICLE),
                len(path),
            )
            cited[cite(path[:ends], code) or path[-1].heading] = None
            break
    return ", ".join(filter(None, cited))


def conflict_table(
    matrix: ConflictMatrix, heads: Sequence[Head], *, pair_url: Callable[[int, int], str]
) -> ConflictTable | None:
    """The table of the amendments in `heads`; None for fewer than two."""
    if len(heads) < 2:
        return None
    seen: dict[Conflict, None] = {}
    rows = []
    for head in heads:
        cells: list[Cell | None] = []
        for other in heads:
            if other.number == head.number:
                cells.append(None)
                continue
            words = KINDS[matrix.between(head.number, other.number).kind]
            seen[words.conflict] = None
            address = pair_url(min(head.number, other.number), max(head.number, other.number))
            cells.append(Cell(words.kind, words.sign, words.word, address))
        rows.append(TableRow(head, tuple(cells)))
    return ConflictTable(
        heads=tuple(heads),
        rows=tuple(rows),
        legend=tuple(words for kind, words in KINDS.items() if kind in seen),
        caption=_("How the amendments stand to each other"),
    )
