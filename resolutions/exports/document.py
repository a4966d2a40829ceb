"""What every format takes: one text, as an edition or as a draft, with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from resolutions.rules.structure import TextTree
from secretariat.kernel.bilingual import Bilingual

BOTH = "both"
NAMES = Bilingual(ko="한국어", en="English")
KINDS = {
    "bylaws": Bilingual(ko="규약", en="Bylaws"),
    "declaration": Bilingual(ko="선언", en="Declaration"),
    "joint_statement": Bilingual(ko="공동합의문", en="Joint statement"),
    "resolution": Bilingual(ko="결의", en="Resolution"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDocument:
    """One text in all its languages. `edition` is None for a draft, and so are its dates.

    `trees` maps the language code to the tree, in the order in which languages are shown, with
    the same keys in each; `hashes` its SHA-256. `made_at` is the moment that the file carries:
    the adoption of an edition, so that the same edition makes the same bytes.
    """

    slug: str
    kind: str
    trees: Mapping[str, TextTree]
    made_at: datetime
    edition: int | None = None
    adopted_on: date | None = None
    in_force_from: date | None = None
    first_adopted_on: date | None = None
    corrects: int | None = None
    sha256: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)
    authentic: tuple[str, ...] = ()
    network: Bilingual = field(default_factory=Bilingual)
    notice: Bilingual = field(default_factory=Bilingual)
    """What every file has to say, for instance that this is a demonstration."""

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.trees)

    @property
    def status(self) -> str:
        """ "adopted" or "draft"."""
        return "draft" if self.edition is None else "adopted"

    def in_languages(self, lang: str) -> tuple[str, ...]:
        """The languages that `lang` ("ko", "en", "both") means here. Raises LanguageMissing."""
        if lang == BOTH:
            return self.languages
        if lang not in self.trees:
            raise LanguageMissing(lang)
        return (lang,)

    def title_in(self, lang: str) -> str:
        """The title in one of the text's languages."""
        return self.trees[lang].title or self.slug

    def name(self) -> Bilingual:
        """ "제2판", "Edition 2"; "초안", "Draft"."""
        return edition_name(self.edition)

    def kind_name(self) -> Bilingual:
        """What sort of text it is."""
        return KINDS.get(self.kind, Bilingual(ko=self.kind, en=self.kind))


def edition_name(number: int | None) -> Bilingual:
    """ "제2판", "Edition 2"; None: "초안", "Draft"."""
    if number is None:
        return Bilingual(ko="초안", en="Draft")
    return Bilingual(ko=f"제{number}판", en=f"Edition {number}")


def day(value: date, lang: str) -> str:
    """ "2018년 12월 12일", "12 December 2018"."""
    if lang == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class ExportRefused(Exception):
    """A file that cannot be made as asked for. `message` says why and what to do."""

    code = "cannot_be_exported"

    def __init__(self, message: Bilingual) -> None:
        super().__init__(str(message))
        self.message = message


class LanguageMissing(ExportRefused):
    """The text is not there in that language."""

    code = "language_missing"

    def __init__(self, lang: str) -> None:
        super().__init__(
            Bilingual(
                ko=f"이 글은 {lang} 언어로 없습니다. 다른 언어를 고르십시오.",
                en=f"This text is not there in the language {lang!r}. Choose another one.",
            )
        )
