"""Typesetting with typst: tagged PDF (PDF/UA-1), Korean fonts certain, the same bytes each time.

A missing font gives empty boxes without a word, so the families are asked for by name before
anything is set, and PDF/UA refuses a letter that no font has. Such a letter is set as its
code point in brackets ([U+1D54F]), never left out; only what cannot be seen is. Nothing of a
text ever enters typst source: it travels as data, and templates are constant.

Another version of typst makes other bytes: `MADE_WITH` names it, and what counts is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pylopdf_fonts_ko
import typst

SANS, SERIF = "Noto Sans KR", "Noto Serif KR"
MADE_WITH = f"typst {version('typst')}, pylopdf-fonts-ko {version('pylopdf-fonts-ko')}"

_UNSET_LETTERS = 64
_UNSET = re.compile(r'the text [`"\']+(.+?)[`"\']+ could not be displayed', re.DOTALL)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_PRELUDE = """\
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: data.language, font: (data.serif, data.sans), size: 10pt)
#show regex("\\S{0,12}[가-힣]\\S{0,12}"): it => box(it)
"""


class FontMissing(Exception):
    """A Korean font is not there: nothing may be typeset with empty boxes for letters."""


@lru_cache(maxsize=1)
def korean_fonts() -> typst.Fonts:
    """The fonts of every file made here, and no others. Raises FontMissing."""
    folder = Path(pylopdf_fonts_ko.serif_path()).parent
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )
    require_families(fonts.families())
    return fonts


def require_families(families: list[str]) -> None:
    """Raise FontMissing unless both Korean families are among them."""
    if missing := {SANS, SERIF} - set(families):
        raise FontMissing(f"no font {', '.join(sorted(missing))}; there are {families}")


def compile_typst(
    source: str, *, title: str, language: str, now: datetime, data: Mapping[str, Any] | None = None
) -> bytes:
    """A tagged PDF/UA-1 of `source`, with `title` and `language` in its metadata.

    `source` is a constant template that follows a short prelude: it finds `data` (with `title`,
    `language`, `serif`, `sans`) as a dictionary and writes `#data.title`, never words pasted
    into it. The text is in the serif, words of Korean never break, and there is no page number
    unless the template says so. `now` becomes the file's date, so that the same source and data
    give the same bytes. Raises FontMissing, or typst.TypstError for a broken template.
    """
    made = compile_pages(source, title=title, language=language, now=now, data=data)
    assert isinstance(made, bytes)
    return made


def compile_pages(
    source: str,
    *,
    title: str,
    language: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    png: bool = False,
) -> bytes | list[bytes]:
    """As `compile_typst`; with `png`, pictures of the pages for those who look at them."""
    fonts = korean_fonts()
    given = _seen({**(data or {}), "title": title, "language": language})
    given |= {"serif": SERIF, "sans": SANS}
    for _attempt in range(_UNSET_LETTERS):
        compiler: Any = typst.Compiler(
            input=(_PRELUDE + source).encode(),
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        )
        try:
            return compiler.compile(
                format="png" if png else "pdf",
                pdf_standards=[] if png else ["ua-1"],
                timestamp=now.replace(microsecond=0),
                **({"ppi": 100} if png else {}),
            )
        except typst.TypstError as problem:
            unset = _UNSET.search(str(problem))
            if unset is None:
                raise
            given = _spelled(given, _unquoted(unset[1]))
    raise FontMissing("the text has too many letters that the fonts do not know")


def _unquoted(shown: str) -> str:
    r"""The text itself, where the message shows it as \u{1d54f}."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), shown)


def _spelled(value: Any, letters: str) -> Any:
    """`value` with the code points in place of `letters`, wherever they stand."""
    name = "".join(f"[U+{ord(letter):04X}]" for letter in letters)
    return _each(value, lambda text: text.replace(letters, name))


def _seen(value: Any) -> Any:
    """`value` without the letters that cannot be seen."""
    return _each(value, lambda text: _UNSEEN.sub("", text))


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each(each, change) for each in value]
    return value
