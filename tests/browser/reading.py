"""What a page says, read from its HTML: links, identifiers, and words with their language."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = set("area base br col embed hr img input link meta source track wbr".split())
SPOKEN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "aria-description", "data-label")
UNSPOKEN = {"script", "style", "template"}


@dataclass
class Reading:
    """One page: its title and headings, where it leads, and (language, words) in reading order.

    `words` leave out what stands in `code`, `kbd`, `samp` and `address`-like machine matter: these
    are the same in every language.
    """

    title: str = ""
    language: str = ""
    robots: str = ""
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)


def read_page(html: str) -> Reading:
    """Read a page. Raises AssertionError where tags are not closed in their order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], f"not closed: {reader.open}"
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Reading()
        self.open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        above = self.open[-1][1] if self.open else ""
        language = given.get("lang", above)
        if tag == "html":
            self.page.language = language
        if tag == "meta" and given.get("name") == "robots":
            self.page.robots = given.get("content", "")
        if tag == "meta" and given.get("name") == "description":
            self._say(language, given.get("content", ""))
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag in {"link", "img", "script"}:
            self.page.assets += [given[name] for name in ("href", "src") if name in given]
        if "id" in given:
            self.page.identifiers.append(given["id"])
        if tag == "h1":
            self.page.headings.append("")
        for name in SPOKEN_ATTRIBUTES:
            self._say(language, given.get(name, ""))
        if tag == "input" and given.get("type") == "submit":
            self._say(language, given.get("value", ""))
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _language in self.open}
        if not self.open or tags & UNSPOKEN:
            return
        if "title" in tags and "svg" not in tags:
            self.page.title += data
        if "h1" in tags:
            self.page.headings[-1] += data
        if not tags & {"code", "kbd", "samp", "pre"}:
            self._say(self.open[-1][1], data)

    def _say(self, language: str, words: str) -> None:
        if words.strip():
            self.page.words.append((language, " ".join(words.split())))
