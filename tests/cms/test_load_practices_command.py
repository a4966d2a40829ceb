"""The command `load_practices`: its document, its exit codes, the search after it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cms.models import Practice
from secretariat.kernel import outbox
from secretariat.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("load_practices", *arguments, "--json", stdout=out, stderr=StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "practices.jsonl"
    good = {"id": "a", "lang": "ko", "title": "생활임금"}
    path.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(good, ensure_ascii=False).encode() + b"\r\n\nnonsense\n\xff\n"
    )
    return str(path)


def test_the_document(file: str) -> None:
    document = run(file)
    assert {key: document[key] for key in ("new", "changed", "same", "dry_run")} == {
        "new": 1,
        "changed": 0,
        "same": 0,
        "dry_run": False,
    }
    assert [(row["line"], row["code"]) for row in document["rejected"]] == [
        (3, "not_json"),
        (4, "not_utf8"),
    ]
    assert document["unknown_fields"] == {}
    assert Practice.objects.get().title == "생활임금"


def test_a_dry_run_stores_nothing(file: str) -> None:
    document = run(file, "--dry-run")
    assert (document["new"], document["dry_run"]) == (1, True)
    assert Practice.objects.count() == 0


def test_the_listeners_have_heard_when_the_command_ends(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setitem(outbox._handlers, "practices.loaded", [heard.append])
    run(file)
    assert heard == [{"external_ids": ["a"]}]
    assert OutboxMessage.objects.filter(delivered_at=None).count() == 0


def test_a_file_that_is_not_there_is_refused() -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("load_practices", "/nowhere.jsonl", "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["refused"][0]["code"] == "file_missing"
    with pytest.raises(CommandError):
        call_command("load_practices", "/nowhere.jsonl", stdout=out)
