"""Catalogues are compiled when they are newer than their compilation."""

from __future__ import annotations

import gettext
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "City"
msgstr "도시"
"""


def compile_again() -> dict[str, object]:
    out = StringIO()
    call_command("compile_translations", json=True, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_it_compiles_what_is_new(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.BASE_DIR = tmp_path
    source = tmp_path / "members" / "locale" / "ko" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE)
    path = "members/locale/ko/LC_MESSAGES/django.po"
    assert compile_again() == {"catalogues": 1, "compiled": [path]}
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("City") == "도시"
    assert compile_again() == {"catalogues": 1, "compiled": []}
    later = source.with_suffix(".mo").stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    assert compile_again() == {"catalogues": 1, "compiled": [path]}
