"""`import_text`: a plain text becomes a draft; with --dry-run it is only shown."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from io import StringIO
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from resolutions.models import Instrument
from resolutions.selectors.trees import draft_tree
from resolutions.services.texts import table_text
from secretariat.kernel import audit
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW, NetworkFactory, office_person
from tests.resolutions.stage import everything_recorded

pytestmark = pytest.mark.django_db

KOREAN = """시험 도시 네트워크 규약

제1장 총칙

제1조(목적) 이 규약은 네트워크의 운영을 정한다.

제2조(의석) ① 회원 도시는 한 의석을 가진다.
② 다음 각 호의 도시는 의석이 없다.
1. 참관 도시
2. 협력 기관

제4조 삭제

부칙

제1조(시행일) 이 규약은 채택한 날부터 시행한다.

2018년 12월 12일 서울에서 채택
"""

ENGLISH = """Bylaws of the City Network under Test

Chapter 1 General provisions

Article 1 (Purpose)
These Bylaws lay down how the network works.

Article 2 (Seats)
1. A member city has one seat.
2. The following have no seat:
(a) observer cities
(b) partner bodies

Article 4 [Repealed]

Supplementary Provisions

Article 1 (Entry into force)
These Bylaws are in force from the day of their adoption.

Adopted in Seoul on 12 December 2018
"""

KEYS = [
    "ch1",
    "art1",
    "art2",
    "art2.p1",
    "art2.p2",
    "art2.p2.i1",
    "art2.p2.i2",
    "art4",
    "supp1",
    "supp1.art1",
    "closing",
]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def to_file(text: str | bytes, name: str = "bylaws.txt") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return to_file


def run(file: str, *options: str, kind: str = "bylaws", lang: str = "ko") -> dict[str, Any]:
    """The one JSON document on standard output."""
    out, err = StringIO(), StringIO()
    command = [file, "--kind", kind, "--lang", lang, "--json", *options]
    call_command("import_text", *command, stdout=out, stderr=err)
    return json.loads(out.getvalue())


def refusal(file: str, *options: str, kind: str = "bylaws", lang: str = "ko") -> dict[str, str]:
    """The one reason, in the one JSON document, with exit code 1; nothing was written."""
    out = StringIO()
    before = everything_recorded()
    command = [file, "--kind", kind, "--lang", lang, "--json", *options]
    with pytest.raises(SystemExit) as ended:
        call_command("import_text", *command, stdout=out, stderr=StringIO())
    assert ended.value.code == 1
    assert everything_recorded() == before
    document = json.loads(out.getvalue())
    assert list(document) == ["refused"]
    [found] = document["refused"]
    assert list(found) == ["code", "message", "where"]
    return found


def keys(nodes: list[dict[str, Any]]) -> list[str]:
    return [key for node in nodes for key in (node["key"], *keys(node["children"]))]


def test_the_document(write: Any) -> None:
    document = run(write(KOREAN))
    assert list(document) == [
        "title",
        "lang",
        "provisions",
        "normalised",
        "warnings",
        "not_understood",
        "slug",
        "kind",
        "existing",
        "dry_run",
        "changes",
    ]
    assert (document["title"], document["lang"]) == ("시험 도시 네트워크 규약", "ko")
    assert keys(document["provisions"]) == KEYS
    article = document["provisions"][0]["children"][1]
    assert {name: article[name] for name in ("key", "kind", "number", "heading", "text")} == {
        "key": "art2",
        "kind": "article",
        "number": "2",
        "heading": "의석",
        "text": "",
    }
    assert (document["normalised"], document["not_understood"]) == ([], [])
    assert all(list(warning) == ["line", "code", "text"] for warning in document["warnings"])
    assert (document["slug"], document["kind"]) == ("bylaws", "bylaws")
    assert (document["existing"], document["dry_run"], document["changes"]) == (False, False, [])


def test_it_becomes_a_draft(write: Any) -> None:
    document = run(write(KOREAN))
    instrument = Instrument.objects.get()
    assert (instrument.slug, instrument.kind, instrument.state) == ("bylaws", "bylaws", "draft")
    stored = draft_tree(instrument=instrument, language="ko").as_json()
    assert stored == {name: document[name] for name in ("title", "lang", "provisions")}
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.person, entry.role) == (
        "text:bylaws",
        "text.drafted",
        None,
        "system",
    )
    assert json.loads(entry.payload)["reason"] == "import_text"
    assert audit.verify() == []


def test_korean_and_english_pair_by_themselves(write: Any) -> None:
    run(write(KOREAN))
    english = run(write(ENGLISH), lang="en")
    assert keys(english["provisions"]) == KEYS
    assert (english["existing"], english["changes"]) == (True, [])
    instrument = Instrument.objects.get()
    assert instrument.provisions.filter(removed=False).count() == len(KEYS)
    assert draft_tree(instrument=instrument, language="en").find("art1").heading == "Purpose"
    assert draft_tree(instrument=instrument, language="ko").find("art1").heading == "목적"


def test_a_dry_run_stores_nothing(write: Any) -> None:
    before = everything_recorded()
    document = run(write(KOREAN), "--dry-run")
    assert (document["dry_run"], keys(document["provisions"])) == (True, KEYS)
    assert everything_recorded() == before


def test_onto_a_known_text_it_shows_what_would_change(write: Any) -> None:
    run(write(KOREAN))
    changed = KOREAN.replace("운영을 정한다", "운영과 의결을 정한다").replace("2. 협력 기관\n", "")
    for options in (["--dry-run"], []):
        document = run(write(changed), *options)
        assert document["existing"] is True
        assert [(change["change"], change["key"]) for change in document["changes"]] == [
            ("removed", "art2.p2.i2"),
            ("changed", "art1"),
        ]
        assert document["changes"][1]["fields"] == ["text"]
    draft = draft_tree(instrument=Instrument.objects.get(), language="ko")
    assert draft.find("art1").text == "이 규약은 네트워크의 운영과 의결을 정한다."
    assert draft.find("art2.p2.i2") is None
    assert run(write(changed))["changes"] == []


def test_a_title_and_a_slug_may_be_given(write: Any) -> None:
    document = run(write(KOREAN, "규약.txt"), "--title", "규약안", "--slug", "draft-bylaws")
    assert (document["title"], document["slug"]) == ("규약안", "draft-bylaws")


def test_a_korean_file_name_gives_way_to_the_kind(write: Any) -> None:
    assert run(write(KOREAN, "규약.txt"))["slug"] == "bylaws"


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", KOREAN),
        KOREAN.replace("제1조", "제１조").replace("1. 참관", "１. 참관"),
        "\ufeff" + KOREAN.replace("\n", "\r\n"),
    ],
    ids=["nfd", "full-width", "bom-and-crlf"],
)
def test_input_that_is_not_perfect_is_normalised_and_reported(write: Any, text: str) -> None:
    document = run(write(text))
    assert keys(document["provisions"]) == KEYS
    assert document["title"] == "시험 도시 네트워크 규약"
    assert document["normalised"] != []
    for note in document["normalised"]:
        assert list(note) == ["line", "code", "text"]
    assert unicodedata.is_normalized("NFC", json.dumps(document, ensure_ascii=False))


def test_two_siblings_with_one_number_are_refused(write: Any) -> None:
    line = KOREAN.splitlines().index("제4조 삭제") + 1
    found = refusal(write(KOREAN.replace("제4조 삭제", "제2조(다시) 겹친다.")))
    assert found["code"] == "duplicate_number"
    assert found["where"] == f"line {line}"
    assert str(line) in found["message"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (KOREAN.encode("cp949"), "not_utf8"),
        (b"", "empty"),
        ("제1조(목적) 정한다.\n".encode() * 200_000, "too_large"),
    ],
    ids=["not-utf8", "empty", "too-large"],
)
def test_what_is_no_usable_text_is_refused(write: Any, raw: bytes, code: str) -> None:
    assert refusal(write(raw))["code"] == code


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.txt")
    found = refusal(missing)
    assert (found["code"], found["where"]) == ("file_not_read", missing)
    assert refusal(str(tmp_path))["code"] == "file_not_read"


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_another_kind_or_a_bad_address_is_refused_before_anything(
    write: Any, options: list[str]
) -> None:
    run(write(KOREAN))
    assert refusal(write(KOREAN), *options, kind="declaration")["code"] == "kind_differs"
    found = refusal(write(KOREAN), *options, "--slug", "two words")
    assert (found["code"], found["where"]) == ("bad_slug", "two words")


def test_a_text_on_the_table_is_not_replaced(write: Any) -> None:
    run(write(KOREAN))
    table_text(instrument=Instrument.objects.get(), actor=office_person(), now=NOW)
    assert refusal(write(KOREAN))["code"] == "not_in_this_state"


def test_a_demonstration_says_that_it_is_one(write: Any) -> None:
    NetworkFactory(demonstration=True)
    assert run(write(KOREAN))["demonstration"] == {
        "ko": "시연용 자료이며 실제 결정이 아닙니다.",
        "en": "Demonstration data, not a real decision.",
    }


def test_people_read_the_tree_and_what_became_of_it(write: Any) -> None:
    out = StringIO()
    call_command(
        "import_text", write(KOREAN), "--kind", "bylaws", "--lang", "ko", "--dry-run", stdout=out
    )
    lines = out.getvalue().splitlines()
    assert lines[0] == "시험 도시 네트워크 규약"
    assert lines[1] == "제1장 총칙"
    assert "  제2조 의석" in lines
    assert "    ① 회원 도시는 한 의석을 가진다." in lines
    assert Instrument.objects.count() == 0


def test_people_read_why_it_was_refused(write: Any) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("import_text", write(b"\xff\xfe\x00"), "--kind", "bylaws", "--lang", "ko")
    assert caught.value.returncode == 1


WRONG_USAGE = [
    [],
    ["text.txt"],
    ["text.txt", "--kind", "bylaws"],
    ["text.txt", "--kind", "poem", "--lang", "ko"],
    ["text.txt", "--kind", "bylaws", "--lang", "fr"],
    ["text.txt", "--kind", "bylaws", "--lang", "ko", "--colour", "red"],
]


@pytest.mark.parametrize("arguments", WRONG_USAGE)
def test_wrong_usage_is_no_refusal(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_text", *arguments)


@pytest.mark.own_process
def test_exit_codes_and_streams_as_a_shell_sees_them(write: Any, tmp_path: Path) -> None:
    """One process for each code: 0 done, 1 refused, 2 wrong usage."""

    def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "import_text", *arguments],
            cwd=settings.BASE_DIR,
            env={
                "PATH": "/usr/bin:/bin",
                "DJANGO_SETTINGS_MODULE": "secretariat.settings.test",
                "DATABASE_URL": f"sqlite:///{tmp_path / 'network.sqlite3'}",
                "DATA_DIR": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    wrong = shell(write(KOREAN), "--kind", "bylaws")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--lang" in wrong.stderr
    refused = shell(write(b"\xff\xfe\x00"), "--kind", "bylaws", "--lang", "ko", "--json")
    assert refused.returncode == 1
    assert list(json.loads(refused.stdout)) == ["refused"]


def test_a_pair_of_files_in_one_go(write: Any) -> None:
    english = write(ENGLISH, "other.txt")
    document = run(write(KOREAN), "--pair", english)
    assert keys(document["pair"]["en"]["provisions"]) == KEYS
    assert (document["only_in"], document["differing"]) == ({"ko": [], "en": []}, [])
    instrument = Instrument.objects.get()
    assert draft_tree(instrument=instrument, language="en").find("art1").heading == "Purpose"
    assert audit.verify() == []


def test_a_word_file_is_read_by_its_structure(tmp_path: Path) -> None:
    made = docx.Document()
    for line in KOREAN.split("\n"):
        made.add_paragraph(line)
    path = tmp_path / "bylaws.docx"
    made.save(str(path))
    assert keys(run(str(path))["provisions"]) == KEYS
    path.write_bytes(b"PK\x03\x04 broken")
    assert refusal(str(path))["code"] == "broken_file"
