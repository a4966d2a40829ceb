"""Templates keep to the content security policy: no style and no script of their own."""

import re
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, tracked

TEMPLATES = [path for path in tracked("*.html") if "templates" in path.parts]
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "script without src": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*json)", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "foreign source": re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"https?://"),
}


def inline(text: str) -> list[str]:
    """What a template holds that the policy would refuse."""
    return [name for name, pattern in INLINE.items() if pattern.search(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p style="color: red">', ["style attribute"]),
        ("<script>go()</script>", ["script without src"]),
        ('<script src="/static/a.js" defer></script>', []),
        ('<script type="application/ld+json">{}</script>', []),
        ('<a href="/" onclick="go()">', ["event attribute"]),
        ('<img src="https://elsewhere.example/a.png">', ["foreign source"]),
        ('<a href="https://elsewhere.example/">', []),
    ],
)
def test_the_search_finds_what_it_looks_for(text: str, found: list[str]) -> None:
    assert inline(text) == found


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_templates_hold_nothing_inline(path: Path) -> None:
    assert inline((ROOT / path).read_text()) == []
