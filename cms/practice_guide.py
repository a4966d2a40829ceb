"""The questions a practice answers, in their order, with the guidance that stands beside each.

The desk's editor, the offline questionnaire, the librarian's form, the comparison of versions
and the public page all read this one list, so a question has one name everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from cms.models import InstrumentType, Pillar, PracticeStatus, Sector, TargetGroup


class Kind(StrEnum):
    """What an answer is: a line, a text, formatted text, one or several of a list, …"""

    LINE = "line"
    TEXT = "text"
    RICH = "rich"
    CHOICE = "choice"
    CHOICES = "choices"
    WORDS = "words"
    YEAR = "year"
    ROWS = "rows"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a practice. `needed`: nothing is judged without it. `columns` of rows."""

    name: str
    kind: Kind
    label: Any
    guidance: Any
    needed: bool = False
    columns: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together."""

    key: str
    title: Any
    questions: tuple[Question, ...]


CHOICES: Final[dict[str, Any]] = {
    "pillars": Pillar,
    "instrument": InstrumentType,
    "status": PracticeStatus,
    "target_groups": TargetGroup,
    "sectors": Sector,
}

SECTIONS: Final = (
    Section(
        "what",
        _("What it is"),
        (
            Question(
                "title",
                Kind.LINE,
                _("Title"),
                _("Short, and understood without knowing your city. Say what is done."),
                needed=True,
            ),
            Question(
                "summary",
                Kind.TEXT,
                _("Summary"),
                _("Two or three sentences: who does what for whom, since when. Lists show it."),
                needed=True,
            ),
            Question(
                "status",
                Kind.CHOICE,
                _("Status"),
                _("How far it is today."),
            ),
            Question("year", Kind.YEAR, _("Since (year)"), _("The year in which it began.")),
            Question(
                "year_to",
                Kind.YEAR,
                _("Until (year)"),
                _("The year in which it ended or will end."),
            ),
        ),
    ),
    Section(
        "kind",
        _("Where it belongs"),
        (
            Question(
                "pillars",
                Kind.CHOICES,
                _("Pillars of decent work"),
                _("One or two as a rule. The library is ordered by them."),
                needed=True,
            ),
            Question(
                "instrument",
                Kind.CHOICE,
                _("Instrument"),
                _("The main means by which your city acts."),
            ),
            Question(
                "target_groups",
                Kind.CHOICES,
                _("Target groups"),
                _("For whom it is."),
            ),
            Question("sectors", Kind.CHOICES, _("Sectors"), _("Where in the economy it applies.")),
            Question(
                "sdg_targets",
                Kind.WORDS,
                _("SDG targets"),
                _("Numbers of targets of the UN goals, such as 8.5, 8.8. Commas between."),
            ),
            Question(
                "tags",
                Kind.WORDS,
                _("Tags"),
                _("Words that people would search for. Commas between them."),
            ),
        ),
    ),
    Section(
        "story",
        _("What was done"),
        (
            Question(
                "problem",
                Kind.RICH,
                _("The problem"),
                _("What was wrong before, for whom, and how you know."),
            ),
            Question(
                "action",
                Kind.RICH,
                _("What is done"),
                _("Step by step: who decided, who carries it out, what those concerned notice."),
                needed=True,
            ),
            Question(
                "results",
                Kind.RICH,
                _("What came of it"),
                _("What changed, what did not, and what surprised you. Figures have their place."),
            ),
            Question(
                "figures",
                Kind.ROWS,
                _("Results in figures"),
                _("One line for each measure. A figure without a source convinces nobody."),
                columns=(
                    ("indicator", _("Measure")),
                    ("before", _("Value before")),
                    ("after", _("Value after")),
                    ("unit", _("Unit")),
                    ("year", _("Year")),
                    ("source", _("Source")),
                ),
            ),
        ),
    ),
    Section(
        "means",
        _("Law and money"),
        (
            Question(
                "legal_basis",
                Kind.TEXT,
                _("Legal basis"),
                _("The law, ordinance or decision it rests on, with its date."),
            ),
            Question(
                "cost",
                Kind.TEXT,
                _("Cost"),
                _("By year if you can, with the currency, and the people it takes."),
            ),
            Question(
                "funding", Kind.TEXT, _("Funding"), _("Who pays: city, state, employers, others.")
            ),
        ),
    ),
    Section(
        "others",
        _("For other cities"),
        (
            Question(
                "adaptation",
                Kind.RICH,
                _("What others need to adapt it"),
                _("Powers, partners, time, and what you would do differently today."),
            ),
            Question(
                "adapted_from",
                Kind.LINE,
                _("Adapted from"),
                _("The address of the practice in this library that you built on, if any."),
            ),
            Question(
                "contacts",
                Kind.ROWS,
                _("Contacts"),
                _("An office rather than a person: people move. It is shown to the public."),
                columns=(
                    ("office", _("Department")),
                    ("email", _("E-mail address")),
                    ("phone", _("Telephone")),
                ),
            ),
            Question(
                "sources",
                Kind.ROWS,
                _("Sources"),
                _("Reports, evaluations, the text of the ordinance."),
                columns=(("title", _("Title")), ("url", _("Web address"))),
            ),
        ),
    ),
    Section(
        "files",
        _("Images and attachments"),
        (
            Question(
                "images",
                Kind.FILES,
                _("Images"),
                _("PNG or JPEG up to 10 MB, which you may publish. Say what each one shows."),
            ),
            Question(
                "attachments",
                Kind.FILES,
                _("Attachments"),
                _("PDF, DOCX, XLSX or images up to 10 MB."),
            ),
        ),
    ),
)


def questions() -> Iterator[Question]:
    """Every question in order."""
    for section in SECTIONS:
        yield from section.questions


def question(name: str) -> Question | None:
    """The question about a field, or None."""
    return next((each for each in questions() if each.name == name), None)
