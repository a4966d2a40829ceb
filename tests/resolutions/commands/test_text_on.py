"""`text_on SLUG --date`: a text as it was in force on a day."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from resolutions.models import Edition
from resolutions.services.texts import adopt_text, draft_text, publish_edition, table_text
from tests.factories import NetworkFactory
from tests.resolutions.stage import Stage, at, text_tree


@pytest.fixture
def two_editions(stage: Stage) -> list[Edition]:
    """In force from 1 March and from 1 June 2018, both published."""
    editions = []
    for day, words in ((date(2018, 3, 1), "first"), (date(2018, 6, 1), "second")):
        edition = adopt_text(
            instrument=stage.tabled("statute", words=words),
            vote=None,
            basis="before this platform",
            adopted_on=day,
            in_force_from=day,
            actor=stage.secretary,
            now=at(0),
        )
        publish_edition(edition=edition, actor=stage.secretary, now=at(1))
        editions.append(edition)
    return editions


def run(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("text_on", "statute", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def refusal(slug: str, *options: str) -> dict[str, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("text_on", slug, "--json", *options, stdout=out)
    assert ended.value.code == 1
    [found] = json.loads(out.getvalue())["refused"]
    return found


def test_the_document(two_editions: list[Edition]) -> None:
    second = two_editions[1]
    hashes = dict(second.languages.values_list("language", "sha256"))
    assert run("--date", "2018-12-12") == {
        "slug": "statute",
        "date": "2018-12-12",
        "edition": 2,
        "adopted_on": "2018-06-01",
        "in_force_from": "2018-06-01",
        "sha256": second.sha256,
        "texts": {
            language: {
                **text_tree(f"statute {language}", language, words="second").as_json(),
                "sha256": hashes[language],
                "authentic": True,
            }
            for language in ("en", "ko")
        },
    }


@pytest.mark.parametrize(
    ("day", "number"),
    [("2018-03-01", 1), ("2018-05-31", 1), ("2018-06-01", 2), ("2030-01-01", 2)],
)
def test_each_day_has_its_edition(two_editions: list[Edition], day: str, number: int) -> None:
    document = run("--date", day)
    assert (document["edition"], document["sha256"]) == (number, two_editions[number - 1].sha256)


@pytest.mark.usefixtures("two_editions")
def test_one_language_alone() -> None:
    assert list(run("--date", "2018-12-12", "--lang", "ko")["texts"]) == ["ko"]


@pytest.mark.usefixtures("two_editions")
def test_before_the_first_edition_nothing_was_in_force() -> None:
    found = refusal("statute", "--date", "2018-02-28")
    assert (found["code"], found["where"]) == ("not_in_force", "statute 2018-02-28")


def test_what_is_not_there_is_refused(stage: Stage) -> None:
    assert refusal("nowhere", "--date", "2018-12-12")["code"] == "missing"
    stage.drafted("draft-only")
    assert refusal("draft-only", "--date", "2018-12-12")["code"] == "not_in_force"
    stage.adopted("unpublished")
    assert refusal("unpublished", "--date", "2018-12-12")["code"] == "not_in_force"


def test_a_language_that_was_not_adopted_is_refused(stage: Stage) -> None:
    doing = {"actor": stage.secretary, "now": at(0)}
    instrument = draft_text(slug="korean", kind="resolution", trees=[text_tree("규약")], **doing)
    table_text(instrument=instrument, **doing)
    edition = adopt_text(instrument=instrument, vote=None, basis="before", **doing)
    publish_edition(edition=edition, **doing)
    found = refusal("korean", "--date", "2018-12-12", "--lang", "en")
    assert (found["code"], found["where"]) == ("language_missing", "en")


@pytest.mark.usefixtures("two_editions")
def test_a_demonstration_says_that_it_is_one() -> None:
    NetworkFactory(demonstration=True)
    assert run("--date", "2018-12-12")["demonstration"] == {
        "ko": "시연용 자료이며 실제 결정이 아닙니다.",
        "en": "Demonstration data, not a real decision.",
    }
    out = StringIO()
    call_command("text_on", "statute", "--date", "2018-12-12", stdout=out)
    assert "Demonstration data, not a real decision." in out.getvalue()


@pytest.mark.usefixtures("two_editions")
def test_people_read_the_text() -> None:
    out = StringIO()
    call_command("text_on", "statute", "--date", "2018-12-12", "--lang", "ko", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "statute ko (2, 2018-06-01)"
    assert lines[1] == "제1조 ko heading ko art1 second"
    assert lines[3] == "① ko art2 1 second"


@pytest.mark.parametrize(
    "arguments",
    [[], ["statute"], ["statute", "--date", "12.12.2018"], ["statute", "--date", "2018-02-30"]],
)
def test_wrong_usage_is_no_refusal(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("text_on", *arguments)
