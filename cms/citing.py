"""How an edition, or an article of it, is cited: ready sentences in Korean and English.

Each sentence names the text, the edition and its day, the article, and the permanent address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cms.seats import Text
from cms.templatetags.formats import MONTHS
from resolutions.models import Edition


@dataclass(frozen=True)
class Citation:
    """A sentence to copy, in one language ("" for an address or a hash)."""

    label: Text
    text: str
    lang: str = ""
    css_class: str = ""


@dataclass(frozen=True)
class Cite:
    """What one copies to cite: `{% component cite %}`; open from the start on an article's page."""

    template: ClassVar[str] = "cms/components/cite.html"
    lines: tuple[Citation, ...]
    name: str = "cite"


def citation(
    *, edition: Edition, titles: Mapping[str, str], language: str, article: str, address: str
) -> str:
    """One sentence in `language`; `article` is "" for the whole edition."""
    title = titles.get(language) or next(iter(titles.values()), edition.instrument.slug)
    on = edition.adopted_on
    if language == "ko":
        day = f"{on.year}. {on.month}. {on.day}."
        cited = f"「{title}」(제{edition.number}판, {day} 채택)"
        return f"{cited} {article}, {address}" if article else f"{cited}, {address}"
    day = f"{on.day} {MONTHS[on.month - 1]} {on.year}"
    cited = f"{title} (edition {edition.number}, adopted {day})"
    return f"{cited}, {article}, {address}" if article else f"{cited}, {address}"
