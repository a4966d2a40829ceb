"""`export_text`: a text in every format, as an edition or as the draft; refusals are clear."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from resolutions.exports.docx_reading import read_docx
from resolutions.exports.json_text import read_json
from resolutions.models import Edition
from resolutions.selectors.edition_files import edition_document
from resolutions.services.texts import draft_text
from tests.factories import NOW, office_person
from tests.resolutions.services.test_edition_files import LATER, adopted, trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return adopted()


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Run the command with `--json`: the document, and the bytes it wrote."""

    def ran(*options: str, slug: str = "statement") -> tuple[dict[str, Any], bytes]:
        path, out = tmp_path / "made", StringIO()
        call_command("export_text", slug, *options, "--out", str(path), "--json", stdout=out)
        return json.loads(out.getvalue()), path.read_bytes()

    return ran


@pytest.fixture
def refused(tmp_path: Path) -> Any:
    """Run it to be refused: the code; nothing is written."""

    def ran(*options: str, slug: str = "statement", out: str = "") -> str:
        path, said = tmp_path / "none", StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command(
                "export_text", slug, *options, "--out", out or str(path), "--json", stdout=said
            )
        assert (ended.value.code, path.exists()) == (1, False)
        [reason] = json.loads(said.getvalue())["refused"]
        return str(reason["code"])

    return ran


def test_every_format_of_the_edition_in_force(edition: Edition, run: Any) -> None:
    document, made = run("--format", "json")
    assert document == {
        "slug": "statement",
        "edition": 1,
        "draft": False,
        "against": None,
        "format": "json",
        "lang": "both",
        "file": document["file"],
        "bytes": len(made),
        "sha256": hashlib.sha256(made).hexdigest(),
    }
    expected = dict(edition_document(edition=edition).trees)
    assert read_json(made) == expected
    assert read_docx(run("--format", "docx")[1]).trees == expected
    assert read_docx(run("--format", "docx", "--lang", "en")[1]).trees == {"en": expected["en"]}
    akn = etree.fromstring(run("--format", "akn", "--lang", "ko")[1])
    assert etree.QName(akn).localname == "akomaNtoso"
    assert "도시는 함께한다." in run("--format", "txt")[1].decode()
    pdf = pypdf.PdfReader(BytesIO(run("--format", "pdf")[1]))
    assert bool(pdf.trailer["/Root"]["/MarkInfo"]["/Marked"])


def test_an_edition_a_day_the_draft_and_what_changed(edition: Edition, run: Any) -> None:
    adopted(LATER)
    assert run("--format", "txt", "--edition", "1")[0]["edition"] == 1
    assert run("--format", "txt", "--date", "2018-12-12")[0]["edition"] == 2
    changed = run("--format", "txt", "--lang", "en", "--against", "1")[1].decode()
    assert "Cities {+always +}act together." in changed
    changes = json.loads(run("--format", "json", "--against", "1")[1])["against"]["changes"]
    assert [change["key"] for change in changes["ko"]] == ["art1"]
    tracked = read_docx(run("--format", "docx", "--against", "1")[1])
    assert [note.code for note in tracked.notes] == ["tracked_changes"]
    draft_text(
        slug="statement",
        kind="joint_statement",
        trees=trees(LATER),
        actor=office_person("secretary_general"),
        now=NOW,
    )
    document, made = run("--format", "txt", "--draft", "--lang", "ko")
    assert (document["edition"], document["draft"]) == (None, True)
    assert made.decode().startswith("[초안")


def test_refusals(edition: Edition, refused: Any, tmp_path: Path) -> None:
    assert refused("--format", "txt", slug="nothing") == "missing"
    assert refused("--format", "txt", "--edition", "9") == "edition_missing"
    assert refused("--format", "txt", "--against", "9") == "edition_missing"
    assert refused("--format", "txt", "--date", "2000-01-01") == "not_in_force"
    assert refused("--format", "akn", "--against", "1") == "no_changes_in_format"
    nowhere = str(tmp_path / "no folder" / "x")
    assert refused("--format", "txt", out=nowhere) == "file_not_written"
    with pytest.raises(CommandError):
        call_command("export_text", "statement", "--format", "exe", "--out", "x")


def test_what_it_says_to_people(edition: Edition, tmp_path: Path) -> None:
    out, path = StringIO(), tmp_path / "a.txt"
    call_command("export_text", "statement", "--format", "txt", "--out", str(path), stdout=out)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest in out.getvalue()
