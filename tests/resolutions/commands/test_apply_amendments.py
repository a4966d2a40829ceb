"""Several amendments in one text, shown and applied from the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from resolutions.models import Amendment, Instrument
from resolutions.rules.amending import derive
from resolutions.rules.operations import operations_as_json
from resolutions.services.amendments import adopt_amended
from tests.resolutions.amending import admitted, decided, say, statute, texts
from tests.resolutions.rules.amended_texts import reworded
from tests.resolutions.stage import Stage, at, everything_recorded
from tests.resolutions.standing import stands


class Filed(Stage):
    """A stage on which three amendments to a resolution were admitted."""

    @property
    def filed(self) -> None:
        edition = statute(self)
        admitted(self, edition, say(edition, "one", "first"))
        admitted(self, edition, say(edition, "four", "fourth"), "gamma")
        admitted(self, edition, say(edition, "one", "uno"), "delta")


standing_stage, _django_db_helper, stage = stands("assembly", "filed", kind=Filed)

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    code = 0
    try:
        call_command("apply_amendments", "statute", *arguments, "--json", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(out.getvalue())


def english(document: dict[str, Any]) -> str:
    text: str = document["texts"]["en"]["provisions"][0]["text"]
    return text


@pytest.fixture
def three(stage: Stage) -> list[Amendment]:
    """The first and the second go together, the third clashes with the first."""
    return list(Amendment.objects.select_related("edition").order_by("number"))


def test_a_dry_run_shows_operations_conflicts_and_the_text(three: list[Amendment]) -> None:
    before = everything_recorded()
    code, document = run("--amendments", f"1,{three[1].uuid}", "--dry-run")
    assert code == 0
    assert everything_recorded() == before
    assert english(document) == "en art1 first two three fourth"
    assert [each["operations"] for each in document["amendments"]] == [
        three[0].operations,
        three[1].operations,
    ]
    assert [each["sha256"] for each in document["amendments"]] == [
        three[0].sha256,
        three[1].sha256,
    ]
    (conflict,) = document["conflicts"]
    assert (conflict["kind"], conflict["keys"]) == ("mergeable", ["art1"])
    assert (document["applied"], document["dry_run"]) == (False, True)


def test_what_cannot_stand_together_ends_with_1_and_writes_nothing(three: list[Amendment]) -> None:
    before = everything_recorded()
    for options in (["--dry-run"], []):
        code, document = run("--amendments", "1,3", *options)
        assert code == 1
        (refused,) = document["refused"]
        assert (refused["code"], refused["where"]) == ("hard", "1, 3")
        assert document["texts"] == {}
    assert everything_recorded() == before


def test_files_with_operations_are_shown_beside_registered_ones(
    three: list[Amendment], tmp_path: Path
) -> None:
    edition = three[0].edition
    assert edition is not None
    operations = operations_as_json(
        derive(texts(edition), reworded(texts(edition), "art1", "four", "vier"))
    )
    listed, described = tmp_path / "a.json", tmp_path / "b.json"
    listed.write_text(json.dumps(operations), encoding="utf-8")
    described.write_text(json.dumps({"operations": operations, "name": "Vier"}), encoding="utf-8")
    code, document = run("--amendments", f"1,{listed},{described}", "--dry-run")
    assert code == 0
    assert [each["name"] for each in document["amendments"]] == ["1", "a.json", "Vier"]
    assert english(document) == "en art1 first two three vier"
    code, document = run("--amendments", str(listed))
    assert (code, document["refused"][0]["code"]) == (1, "not_registered")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "not_json"),
        ("{}", "no_operations"),
        ('[{"op": "explode"}]', "operation_unreadable"),
        ('[{"op": "renumber", "key": "art1", "number": "9", "base": {"ko": "0"}}]', "stale"),
    ],
)
@pytest.mark.usefixtures("three")
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    ended, document = run("--amendments", str(path), "--dry-run")
    assert (ended, document["refused"][0]["code"]) == (1, code)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("name", "code"),
    [("77", "missing"), ("nothing.json", "file_not_read"), ("1,1", "number_twice")],
)
def test_what_is_not_there_is_refused(name: str, code: str) -> None:
    ended, document = run("--amendments", name, "--dry-run")
    assert (ended, document["refused"][0]["code"]) == (1, code)


def test_adopted_ones_are_applied_all_of_them(stage: Stage, three: list[Amendment]) -> None:
    assert run("--amendments", "1,2")[1]["refused"][0]["code"] == "not_adopted"
    decided(stage, three[0])
    decided(stage, three[1], minute=2)
    code, document = run("--amendments", "1")
    assert (code, document["refused"][0]["code"]) == (1, "adopted_left_out")
    assert document["refused"][0]["where"] == "2"
    code, document = run("--amendments", "1,2")
    assert (code, document["applied"]) == (0, True)
    instrument = Instrument.objects.get(slug="statute")
    assert instrument.state == "tabled"
    made = adopt_amended(instrument=instrument, actor=stage.secretary, now=at(9))
    assert made.sha256 == document["sha256"]


@pytest.mark.usefixtures("three")
def test_people_read_it_in_lines() -> None:
    out = StringIO()
    call_command("apply_amendments", "statute", "--amendments", "1,2", "--dry-run", stdout=out)
    lines = out.getvalue()
    assert "  substitute art1\n" in lines
    assert "Article 1 en heading en art1 first two three fourth" in lines
