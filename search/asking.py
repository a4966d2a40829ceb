"""What a reader asks for, as it stands in the address: read from it, and written back.

`?q=생활임금&pillar=quality&pillar=rights&sort=newest&page=2`. Without `lang` the reader's own
language is meant; `lang=` alone means every language. Whatever cannot be understood is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.query import FACETS, Query, Sort
from search.rules.question import LONGEST

MOST_VALUES = 20
"""Values of one facet that are read from an address."""
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A search or a list, as its reader asked for it. `fixed` facets are not in the address."""

    text: str = ""
    language: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    @property
    def query(self) -> Query:
        """The query for the engine."""
        facets = {**self.facets, **self.fixed}
        if "lang" not in facets:
            facets["lang"] = (self.language,)
        elif facets["lang"] == ("",):
            del facets["lang"]
        return Query(text=self.text, facets=facets, sort=self.sort, page=self.page)

    @property
    def narrowed(self) -> bool:
        """Whether the reader chose any value of a facet."""
        return any(values for name, values in self.facets.items() if name != "lang")

    def chosen(self, name: str) -> tuple[str, ...]:
        """The values of a facet that count now."""
        return tuple(self.query.facets.get(name, ()))

    def toggled(self, name: str, value: str) -> Asked:
        """The same with one value more, or one less if it was chosen; from the first page."""
        chosen = self.chosen(name)
        left = tuple(each for each in chosen if each != value)
        return self.narrowed_to(name, left if value in chosen else (*chosen, value))

    def narrowed_to(self, name: str, values: tuple[str, ...]) -> Asked:
        """The same with exactly these values of a facet."""
        facets = {key: chosen for key, chosen in self.facets.items() if key != name}
        if name == "lang":
            values = values or ("",)
            if values == (self.language,):
                values = ()
        return replace(self, facets={**facets, name: values} if values else facets, page=1)

    def asking(self, text: str) -> Asked:
        """Other words, everything else the same; from the first page."""
        return replace(self, text=text, page=1)

    def sorted_by(self, sort: Sort) -> Asked:
        """The same in another order; from the first page."""
        return replace(self, sort=sort, page=1)

    def without_facets(self) -> Asked:
        """The same words, nothing chosen; the languages stay."""
        kept = {name: values for name, values in self.facets.items() if name == "lang"}
        return replace(self, facets=kept, page=1)

    @property
    def address(self) -> str:
        """The query string, with its question mark."""
        pairs = [("q", self.text)] if self.text else []
        pairs += self.pairs
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return "?" + urlencode(pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Everything but the words and the page: what a search form carries along."""
        pairs = [
            (name, value)
            for name in FACETS
            for value in self.facets.get(name, ())
            if name not in self.fixed
        ]
        if self.sort is not Sort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        return pairs


def read_address(
    given: QueryDict, *, language: str, fixed: Mapping[str, tuple[str, ...]] | None = None
) -> Asked:
    """Read what is asked for; never fails."""
    fixed = fixed or {}
    facets = {}
    for name in FACETS:
        values = tuple(
            dict.fromkeys(
                value
                for value in given.getlist(name)[:MOST_VALUES]
                if (value or name == "lang") and len(value) <= LONGEST_VALUE and "\x00" not in value
            )
        )
        if values and name not in fixed:
            facets[name] = values
    if "" in facets.get("lang", ()):
        facets["lang"] = ("",)
    sort = given.get("sort", "")
    page = given.get("page", "")
    return Asked(
        text=given.get("q", "").replace("\x00", "").strip()[:LONGEST],
        language=language,
        facets=facets,
        fixed=fixed,
        sort=Sort(sort) if sort in list(Sort) else Sort.RELEVANCE,
        page=max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )
