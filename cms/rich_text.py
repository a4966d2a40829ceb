"""Formatted text that people write: a small part of HTML, cleaned on the way in and out.

Three forms of the same text:
- *rich*: what is stored and shown, HTML of `TAGS` only;
- *typed*: what stands in a plain text box where there is no JavaScript: paragraphs parted by
  an empty line, "- " before the items of a list, the address of a link after its words;
- *plain*: the words alone, for the search index and for comparing.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape
from html.parser import HTMLParser
from typing import Final

import nh3

TAGS: Final = {"p", "br", "strong", "ul", "ol", "li", "h3", "h4", "blockquote", "a"}
LONGEST: Final = 100_000
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener",
    clean_content_tags={"script", "style", "template", "iframe", "object"},
)
_SAME: Final = {"b": "strong", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "div": "p"}
_OTHER_NAMES = "|".join(_SAME)
_RENAMED = re.compile(rf"<(/?)({_OTHER_NAMES})(?=[\s>/])", re.IGNORECASE)
_EMPTY = re.compile(r"<(p|li|h3|h4|blockquote|ul|ol|strong)>(?:\s|&nbsp;|<br>)*</\1>")
_BLOCKS = ("p", "ul", "ol", "h3", "h4", "blockquote")


def clean(html: str) -> str:
    """`html` with nothing in it but words and `TAGS`; "" where no word is left."""
    renamed = _RENAMED.sub(lambda found: f"<{found[1]}{_SAME[found[2].lower()]}", html)
    cleaned = _cleaner.clean(unicodedata.normalize("NFC", renamed)).strip()
    while (shorter := _EMPTY.sub("", cleaned)) != cleaned:
        cleaned = shorter.strip()
    if cleaned and not cleaned.startswith(tuple(f"<{tag}" for tag in _BLOCKS)):
        cleaned = f"<p>{cleaned}</p>"
    return cleaned if plain_of(cleaned) else ""


def rich_of(typed: str) -> str:
    """A typed text as rich: paragraphs, and lists where every line begins with "- " or "1. "."""
    text = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_block(part) for part in re.split(r"\n[ \t]*\n", text) if part.strip())


def _block(part: str) -> str:
    """One paragraph; lines of items before or after other lines become a list of their own."""
    made: list[str] = []
    kind = ""
    held: list[str] = []

    def close() -> None:
        if not held:
            return
        if kind:
            made.append(f"<{kind}>{''.join(f'<li>{line}</li>' for line in held)}</{kind}>")
        else:
            made.append(f"<p>{'<br>'.join(held)}</p>")

    for line in part.strip("\n").split("\n"):
        item = re.match(r"\s*(?:([-*•])|\d{1,3}[.)])\s+(.*)", line)
        this = "" if item is None else "ul" if item[1] else "ol"
        if this != kind:
            close()
            kind, held = this, []
        held.append(escape((item[2] if item else line).strip(), quote=False))
    close()
    return "".join(made)


class _Words(HTMLParser):
    """The words of rich text; `typed` keeps marks of lists and addresses."""

    def __init__(self, *, typed: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.typed = typed
        self.parts: list[str] = []
        self._lists: list[int] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ul" else 1)
        elif tag == "li" and self.typed and self._lists:
            number = self._lists[-1]
            self.parts.append(f"{number}. " if number else "- ")
            self._lists[-1] += 1 if number else 0
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n")
        elif tag == "p" and self._lists:
            pass
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self.typed and self._link:
            self.parts.append(f" ({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _words(html: str, *, typed: bool) -> str:
    reader = _Words(typed=typed)
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def plain_of(rich: str) -> str:
    """The words of a rich text, paragraphs parted by an empty line."""
    return unescape(_words(rich, typed=False)).replace("\xa0", " ").strip()


def typed_of(rich: str) -> str:
    """What a plain text box shows of a rich text."""
    return _words(rich, typed=True)


def from_typed(typed: str, *, stored: str) -> str:
    """The rich text after somebody typed: what was not touched keeps its formatting."""
    plain = typed.replace("\r\n", "\n").strip()
    return stored if plain == typed_of(stored).strip() else rich_of(plain)
