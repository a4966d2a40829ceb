"""Working on a draft: words, structure, history, who may, and who is at what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from reversion.models import Revision, Version

from members.models import City, Mandate
from members.policies import CityAction, city_policy
from resolutions.models import (
    DraftingCity,
    DraftRevision,
    Instrument,
    Provision,
    ProvisionBuffer,
    ProvisionComment,
    ProvisionLock,
    ProvisionText,
)
from resolutions.rules.drafting import Flag, Sketch, words_hash
from resolutions.rules.operations import Words
from resolutions.selectors.drafting import (
    Sheet,
    draft_history,
    draft_sheet,
    draft_state_at,
    drafts_of,
    provision_history,
)
from resolutions.services.drafting import (
    Changed,
    Locked,
    ProvisionWords,
    confirm_translation,
    draft_text,
    entitle_draft,
    restore_draft,
    restore_provision,
    save_words,
)
from resolutions.services.drafting_room import (
    LOCK_LASTS,
    comment_provision,
    drop_buffer,
    end_drafting_city,
    keep_buffer,
    leave_lock,
    name_drafting_city,
    settle_comment,
    take_lock,
    take_over_lock,
)
from resolutions.services.drafting_structure import (
    insert_provision,
    move_provision,
    renumber_provision,
    repeal_provision,
    step_provision,
    strike_provision,
    unstrike_provision,
)
from resolutions.services.texts import bind_rules, publish_edition, table_text
from secretariat.kernel import audit
from secretariat.kernel.errors import (
    Conflict,
    InvalidInput,
    Missing,
    NotAllowed,
    WrongState,
)
from tests.factories import city_person
from tests.resolutions.stage import (
    BYLAWS_RULES,
    Stage,
    at,
    bindings,
    records,
    refused,
    text_tree,
)


def sheet(instrument: Instrument, minute: float = 0, opened: str = "") -> Sheet:
    fresh = Instrument.objects.get(pk=instrument.pk)
    return draft_sheet(instrument=fresh, now=at(minute), opened=opened)


def one(instrument: Instrument, key: str) -> Sketch:
    return sheet(instrument).by_key[key]


def flags(instrument: Instrument) -> dict[str, list[str]]:
    return {
        key: [str(finding.flag) for finding in found]
        for key, found in sheet(instrument).flags.items()
    }


def base(instrument: Instrument, key: str) -> dict[str, str]:
    words = one(instrument, key).words
    return {code: words_hash(each.heading, each.text) for code, each in words.items()}


def saved(
    stage: Stage, instrument: Instrument, key: str = "art1", minute: float = 0, **options: object
) -> tuple[str, ...]:
    """`ko="…"`, `en="…"`: the words of a provision, its heading as it was."""
    texts = {code: str(options.pop(code)) for code in ("ko", "en") if code in options}
    given = {
        "instrument": instrument,
        "provisions": [
            ProvisionWords(
                key,
                {code: Words(f"{code} heading", text) for code, text in texts.items()},
                options.pop("base", {}),  # type: ignore[arg-type]
            )
        ],
        "reason": "clearer",
        "actor": stage.secretary,
        "now": at(minute),
    }
    return save_words(**given | options)  # type: ignore[arg-type]


def order(instrument: Instrument) -> list[str]:
    return [sketch.key for sketch in sheet(instrument).sketches]


def numbers(instrument: Instrument) -> list[str]:
    return [sketch.number for sketch in sheet(instrument).sketches]


@pytest.fixture
def text(stage: Stage) -> Instrument:
    return stage.drafted("statute", articles=4)


@pytest.fixture
def alpha(stage: Stage, text: Instrument) -> City:
    name_drafting_city(
        instrument=text, city=stage.cities["alpha"], actor=stage.secretary, now=at(-60)
    )
    return stage.cities["alpha"]


def doing(stage: Stage, minute: float = 0) -> dict[str, object]:
    return {"reason": "order", "actor": stage.secretary, "now": at(minute)}


# who may


def test_a_city_that_the_office_named_drafts_and_no_other(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    delegate = stage.delegates["alpha"]
    assert [each.slug for each in drafts_of(city=alpha)] == ["statute"]
    assert list(drafts_of(city=stage.cities["beta"])) == []
    with records("text:statute text.edited"):
        saved(stage, text, ko="새로", actor=delegate, city=alpha)
    revision = DraftRevision.objects.latest("pk")
    assert (revision.city, revision.role, revision.act) == (alpha, "head", "words")
    with refused("city_not_named", NotAllowed):
        beta = stage.cities["beta"]
        saved(stage, text, ko="또", actor=stage.delegates["beta"], city=beta)
    with refused("not_allowed", NotAllowed):
        saved(stage, text, ko="또", actor=stage.delegates["beta"], city=alpha)
    with refused("not_allowed", NotAllowed):
        saved(stage, text, ko="또", actor=delegate)
    with refused("not_allowed", NotAllowed):
        table_text(instrument=text, actor=delegate, now=at(1))
    with refused("not_allowed", NotAllowed):
        bind_rules(instrument=text, bindings=[], actor=delegate, now=at(1))


def test_a_drafter_whose_mandate_was_ended_meanwhile_saves_nothing(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    delegate = stage.delegates["alpha"]
    assert city_policy.may(delegate, CityAction.DRAFT_TEXTS, alpha, at(1))
    # The person's page has asked for the right already; another process ends the mandate now.
    Mandate.objects.filter(person=delegate).update(ends_at=at(1))
    with refused("not_allowed", NotAllowed):
        saved(stage, text, ko="새로", actor=delegate, city=alpha, minute=1)


@pytest.mark.parametrize(
    ("role", "may"), [("voting_delegate", True), ("editor", True), ("alternate", False)]
)
def test_the_mandate_says_who_of_a_city_drafts(
    stage: Stage, text: Instrument, alpha: City, role: str, may: bool
) -> None:
    person = city_person(role, city=alpha)
    if may:
        assert saved(stage, text, ko="새로", actor=person, city=alpha) == ("art1",)
    else:
        with refused("not_allowed", NotAllowed):
            saved(stage, text, ko="새로", actor=person, city=alpha)


def test_naming_a_city_and_ending_it_are_recorded_and_can_be_checked(
    stage: Stage, text: Instrument
) -> None:
    alpha, people = stage.cities["alpha"], {"actor": stage.secretary}
    with records("text:statute text.city_named"):
        name_drafting_city(instrument=text, city=alpha, now=at(0), **people)
    with refused("city_named", Conflict):
        name_drafting_city(instrument=text, city=alpha, now=at(1), **people)
    take_lock(instrument=text, key="art1", city=alpha, actor=stage.delegates["alpha"], now=at(1))
    with records("text:statute text.city_ended"):
        end_drafting_city(instrument=text, city=alpha, now=at(2), **people)
    assert ProvisionLock.objects.count() == 0
    with refused("missing", Missing):
        end_drafting_city(instrument=text, city=alpha, now=at(3), **people)
    with refused("city_not_named", NotAllowed):
        saved(stage, text, ko="새로", actor=stage.delegates["alpha"], city=alpha)
    name_drafting_city(instrument=text, city=alpha, now=at(4), **people)
    assert audit.verify() == []
    DraftingCity.objects.create(instrument=text, city=stage.cities["beta"], named_at=at(5))
    assert [(found.code, found.where) for found in audit.verify()] == [
        ("drafting_city_not_recorded", "statute/beta#1")
    ]


@pytest.mark.parametrize("who", ["delegate", "registrar", "auditor"])
def test_only_the_office_s_drafters_name_cities(stage: Stage, text: Instrument, who: str) -> None:
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    with refused("not_allowed", NotAllowed):
        name_drafting_city(instrument=text, city=stage.cities["alpha"], actor=actor, now=at(0))


# words


def test_saving_writes_what_changed_and_nothing_else(stage: Stage, text: Instrument) -> None:
    versions, revisions = Version.objects.count(), Revision.objects.count()
    unchanged = {code: words.text for code, words in one(text, "art1").words.items()}
    assert saved(stage, text, **unchanged) == ()
    assert (Version.objects.count(), Revision.objects.count()) == (versions, revisions)
    assert saved(stage, text, ko="새 본문", en=unchanged["en"]) == ("art1",)
    assert (Version.objects.count(), Revision.objects.count()) == (versions + 3, revisions + 1)
    assert one(text, "art1").words["ko"].text == "새 본문"


def test_several_provisions_are_one_revision(stage: Stage, text: Instrument) -> None:
    provisions = [
        ProvisionWords(key, {"ko": Words("", f"{key} 새로"), "en": Words("", f"{key} new")}, {})
        for key in ("art2.p1", "art2.p2")
    ]
    with records("text:statute text.edited"):
        changed = save_words(instrument=text, provisions=provisions, **doing(stage))
    assert changed == ("art2.p1", "art2.p2")
    latest = draft_history(instrument=text)[0]
    assert (latest.provisions, latest.revision.comment) == (2, "order")
    assert latest.revision.user == stage.secretary


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_save_needs_a_reason(stage: Stage, text: Instrument, reason: str) -> None:
    with refused("reason_missing", InvalidInput, where="reason"):
        saved(stage, text, ko="새로", reason=reason)


def test_two_drafters_the_second_is_told_and_nothing_is_lost(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    begun = base(text, "art1")
    saved(stage, text, ko="첫째가 씀", base=begun)
    with refused("changed_meanwhile", Changed, where="art1"):
        saved(
            stage,
            text,
            ko="둘째가 씀",
            base=begun,
            actor=stage.delegates["alpha"],
            city=alpha,
        )
    assert one(text, "art1").words["ko"].text == "첫째가 씀"


def test_what_was_not_touched_is_left_as_others_wrote_it(stage: Stage, text: Instrument) -> None:
    begun = base(text, "art1")
    stood = one(text, "art1").words
    saved(stage, text, ko="첫째가 씀", base=begun)
    saved(stage, text, minute=1, ko=stood["ko"].text, en="the second's", base=begun)
    words = one(text, "art1").words
    assert (words["ko"].text, words["en"].text) == ("첫째가 씀", "the second's")


def test_words_for_a_provision_that_was_struck_are_refused_not_dropped(
    stage: Stage, text: Instrument
) -> None:
    begun = base(text, "art1")
    strike_provision(instrument=text, key="art1", **doing(stage))
    with refused("changed_meanwhile", Changed, where="art1"):
        saved(stage, text, ko="새로", base=begun)
    unchanged = {code: f"{code} art1" for code in ("ko", "en")}
    assert saved(stage, text, base=begun, **unchanged) == ()


def test_a_tabled_text_is_not_written_and_a_published_one_begins_anew(
    stage: Stage, alpha: City
) -> None:
    tabled = stage.tabled("tabled")
    with refused("not_in_this_state", WrongState):
        saved(stage, tabled, ko="새로")
    edition = stage.adopted("adopted")
    with refused("not_in_this_state", WrongState):
        saved(stage, edition.instrument, ko="새로")
    publish_edition(edition=edition, actor=stage.secretary, now=at(0))
    saved(stage, edition.instrument, ko="새로", minute=1)
    edition.instrument.refresh_from_db()
    assert edition.instrument.state == "draft"
    assert audit.verify() == []


# languages brought together


def test_a_change_in_one_language_is_flagged_until_the_other_follows(
    stage: Stage, text: Instrument
) -> None:
    assert flags(text) == {}
    saved(stage, text, ko="새로")
    assert flags(text) == {"art1": ["one_language"]}
    assert sheet(text).flags["art1"][0].languages == ("ko",)
    saved(stage, text, ko="더 새로", minute=1)
    assert flags(text) == {"art1": ["one_language"]}
    saved(stage, text, en="newer", minute=2)
    assert flags(text) == {}


def test_the_writer_says_that_the_other_language_still_says_the_same(
    stage: Stage, text: Instrument
) -> None:
    saved(stage, text, ko="새로", still_the_same=True)
    assert flags(text) == {}
    saved(stage, text, en="new", minute=1)
    assert flags(text) == {"art1": ["one_language"]}
    with records("text:statute text.edited"):
        confirm_translation(instrument=text, key="art1", actor=stage.secretary, now=at(2))
    assert flags(text) == {}


def test_both_languages_at_once_need_no_word_about_it(stage: Stage, text: Instrument) -> None:
    saved(stage, text, ko="새로", en="new")
    assert flags(text) == {}


def test_a_missing_translation_is_flagged_and_its_first_words_bring_both_together(
    stage: Stage,
) -> None:
    korean = text_tree("법", "ko", articles=1)
    instrument = draft_text(
        slug="law",
        kind="resolution",
        trees=[korean],
        authentic_languages=["ko", "en"],
        actor=stage.secretary,
        now=at(-90),
    )
    assert flags(instrument) == {"art1": ["missing"]}
    saved(stage, instrument, en="the law")
    assert flags(instrument) == {}


def test_an_import_in_one_language_is_flagged_until_the_other_is_imported(stage: Stage) -> None:
    instrument = stage.drafted("law", articles=1)

    def imported(language: str, minute: float) -> None:
        tree = text_tree(f"law {language}", language, articles=1, words="anew")
        draft_text(
            slug="law", kind="resolution", trees=[tree], actor=stage.secretary, now=at(minute)
        )

    imported("ko", 0)
    assert flags(instrument) == {"art1": ["one_language"]}
    imported("en", 1)
    assert flags(instrument) == {}


def test_a_rule_bound_to_changed_words_is_flagged_until_it_is_bound_again(stage: Stage) -> None:
    instrument = stage.drafted("bylaws", "bylaws", rules=BYLAWS_RULES)
    assert flags(instrument) == {}
    saved(stage, instrument, ko="새로", en="new")
    assert flags(instrument) == {"art1": ["rule"]}
    assert sheet(instrument).flags["art1"][0].words == ("quorum",)
    bind_rules(
        instrument=instrument,
        bindings=bindings(BYLAWS_RULES),
        actor=stage.secretary,
        now=at(1),
    )
    assert flags(instrument) == {}
    strike_provision(instrument=instrument, key="art1", **doing(stage, 2))
    assert sheet(instrument).rules_without_provision == ("quorum",)


# structure


def insert(stage: Stage, instrument: Instrument, **changes: object) -> Provision:
    given = {
        "kind": "article",
        "number": "1-2",
        "parent": "",
        "after": "art1",
        "words": {"ko": Words("새 조", "본문"), "en": Words("New", "words")},
        **doing(stage),
    }
    return insert_provision(instrument=instrument, **given | changes)


def test_an_article_is_inserted_between_two(stage: Stage, text: Instrument) -> None:
    before = dict(text.provisions.values_list("key", "position"))
    versions = Version.objects.count()
    with records("text:statute text.edited"):
        row = insert(stage, text)
    assert (row.key, row.number) == ("art1-2", "1-2")
    assert order(text) == ["art1", "art1-2", "art2", "art2.p1", "art2.p2", "art3", "art4"]
    after = dict(text.provisions.values_list("key", "position"))
    assert {key: after[key] for key in before} == before
    assert Version.objects.count() == versions + 3
    assert flags(text) == {}


def test_what_follows_an_article_follows_all_of_it(stage: Stage, text: Instrument) -> None:
    insert(stage, text, after="art2", number="2-2")
    insert(stage, text, parent="art2", after="", kind="paragraph", number="", words={})
    assert order(text)[1:6] == ["art2", "art2.u1", "art2.p1", "art2.p2", "art2-2"]
    assert flags(text) == {"art2.u1": ["empty"]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "item"}, "kind_out_of_place"),
        ({"number": "!"}, "bad_number"),
        ({"number": "2"}, "number_taken"),
        ({"parent": "art2"}, "kind_out_of_place"),
        ({"parent": "art2", "kind": "paragraph"}, "place_gone"),
        ({"after": "art9"}, "missing"),
    ],
)
def test_what_cannot_stand_there_is_not_inserted(
    stage: Stage, text: Instrument, changes: dict[str, object], code: str
) -> None:
    with refused(code):
        insert(stage, text, **changes)


def test_a_key_is_never_given_twice(stage: Stage, text: Instrument) -> None:
    strike_provision(instrument=text, key="art4", **doing(stage))
    row = insert(stage, text, after="art3", number="4", now=at(1))
    assert row.key == "art4_2"


def test_a_provision_moves_with_everything_in_it(stage: Stage, text: Instrument) -> None:
    chapter = insert(stage, text, kind="chapter", number="1", after="art4")
    with records("text:statute text.edited"):
        move_provision(instrument=text, key="art2", parent=chapter.key, after="", **doing(stage, 1))
    assert order(text) == ["art1", "art3", "art4", "ch1", "art2", "art2.p1", "art2.p2"]
    tree = sheet(text).trees["ko"]
    assert [step.key for step in tree.path("art2.p2")] == ["ch1", "art2", "art2.p2"]
    positions = text.provisions.order_by("position").values_list("key", flat=True)
    assert list(positions) == order(text)


def test_a_provision_moves_up_and_down(stage: Stage, text: Instrument) -> None:
    step_provision(instrument=text, key="art3", down=False, **doing(stage))
    assert order(text) == ["art1", "art3", "art2", "art2.p1", "art2.p2", "art4"]
    step_provision(instrument=text, key="art1", down=True, **doing(stage, 1))
    assert order(text) == ["art3", "art1", "art2", "art2.p1", "art2.p2", "art4"]
    step_provision(instrument=text, key="art2", down=False, **doing(stage, 2))
    step_provision(instrument=text, key="art2", down=False, **doing(stage, 3))
    assert order(text) == ["art2", "art2.p1", "art2.p2", "art3", "art1", "art4"]
    with refused("no_neighbour", WrongState):
        step_provision(instrument=text, key="art2", down=False, **doing(stage, 4))


def test_nothing_stands_within_itself(stage: Stage, text: Instrument) -> None:
    with refused("within_itself", InvalidInput):
        move_provision(instrument=text, key="art2", parent="art2.p1", after="", **doing(stage))


def test_there_is_room_however_often_one_inserts_at_one_place(
    stage: Stage, text: Instrument
) -> None:
    text.provisions.filter(key="art2").update(position=text.provisions.get(key="art1").position + 2)
    for number in range(2, 6):
        insert(stage, text, number=f"1-{number}", now=at(number))
    assert order(text)[:6] == ["art1", "art1-5", "art1-4", "art1-3", "art1-2", "art2"]


def test_a_number_changes_alone_or_with_those_that_follow(stage: Stage, text: Instrument) -> None:
    with refused("number_taken", Conflict):
        renumber_provision(instrument=text, key="art2", number="3", **doing(stage))
    renumber_provision(instrument=text, key="art2", number="5", **doing(stage, 1))
    assert numbers(text) == ["1", "5", "1", "2", "3", "4"]
    renumber_provision(instrument=text, key="art2", number="2", onward=True, **doing(stage, 2))
    insert(stage, text, number="1-2", now=at(3))
    renumber_provision(instrument=text, key="art1-2", number="2", onward=True, **doing(stage, 4))
    assert numbers(text) == ["1", "2", "3", "1", "2", "4", "5"]
    assert order(text)[1] == "art1-2"


def test_references_follow_a_renumbering_and_dangle_where_nothing_stands(
    stage: Stage, text: Instrument
) -> None:
    saved(stage, text, key="art1", ko="제3조에 따른다.", en="See Article 3.")
    insert(stage, text, number="1-2", now=at(1))
    changed = renumber_provision(
        instrument=text, key="art1-2", number="2", onward=True, **doing(stage, 2)
    )
    assert set(changed) == {"art1-2", "art2", "art3", "art4", "art1"}
    words = one(text, "art1").words
    assert (words["ko"].text, words["en"].text) == ("제4조에 따른다.", "See Article 4.")
    assert flags(text) == {}
    strike_provision(instrument=text, key="art3", **doing(stage, 3))
    found = sheet(text).flags["art1"][0]
    assert (found.flag, found.languages, found.words) == (
        Flag.DANGLING,
        ("ko", "en"),
        ("제4조", "Article 4"),
    )


def test_what_is_struck_is_a_tombstone_and_comes_back(stage: Stage, text: Instrument) -> None:
    whole = order(text)
    strike_provision(instrument=text, key="art2.p1", **doing(stage))
    strike_provision(instrument=text, key="art2", **doing(stage, 1))
    assert order(text) == ["art1", "art3", "art4"]
    assert [each.key for each in sheet(text).tombstones] == ["art2", "art2.p1", "art2.p2"]
    with refused("parent_struck", WrongState, where="art2"):
        unstrike_provision(instrument=text, key="art2.p1", **doing(stage, 2))
    unstrike_provision(instrument=text, key="art2", **doing(stage, 3))
    assert order(text) == ["art1", "art2", "art2.p2", "art3", "art4"]
    unstrike_provision(instrument=text, key="art2.p1", **doing(stage, 4))
    assert order(text) == whole
    assert one(text, "art2.p1").words["ko"].text == "ko art2 1"
    with refused("missing", Missing):
        unstrike_provision(instrument=text, key="art2", **doing(stage, 5))


def test_adoption_ends_the_tombstones(stage: Stage) -> None:
    instrument = stage.drafted("law")
    strike_provision(instrument=instrument, key="art7", **doing(stage, -99))
    edition = stage.adopted("law", articles=6)
    assert edition.provisions.filter(key="art7").count() == 0
    assert Provision.objects.filter(instrument=instrument, removed=True).count() == 0


def test_a_repealed_provision_keeps_its_number(stage: Stage, text: Instrument) -> None:
    repeal_provision(instrument=text, key="art2", **doing(stage))
    sketch = one(text, "art2")
    assert (sketch.number, sketch.words["ko"].text, sketch.words["en"].text) == (
        "2",
        "삭제",
        "Repealed",
    )
    assert sketch.words["ko"].heading == ""
    assert order(text) == ["art1", "art2", "art3", "art4"]
    assert flags(text) == {}
    row = insert(stage, text, kind="paragraph", number="", parent="art1", after="", now=at(1))
    with refused("without_number", WrongState):
        repeal_provision(instrument=text, key=row.key, **doing(stage, 2))


# history


def test_a_title_has_a_history_too(stage: Stage, text: Instrument) -> None:
    first = draft_history(instrument=text)[0].revision_id
    with records("text:statute text.edited"):
        entitle_draft(instrument=text, titles={"ko": "새 이름"}, **doing(stage))
    assert Instrument.objects.get(pk=text.pk).titles.as_dict()["ko"] == "새 이름"
    with refused("title_missing", InvalidInput):
        entitle_draft(instrument=text, titles={"ko": " "}, **doing(stage))
    restore_draft(instrument=text, revision=first, **doing(stage, 1))
    assert Instrument.objects.get(pk=text.pk).titles.as_dict()["ko"] == "statute ko"


def test_the_whole_draft_goes_back_and_forth(stage: Stage, text: Instrument) -> None:
    beginning = draft_history(instrument=text)[0].revision_id
    first = sheet(text).trees
    saved(stage, text, ko="새로", en="new")
    insert(stage, text, now=at(1))
    strike_provision(instrument=text, key="art2", **doing(stage, 2))
    step_provision(instrument=text, key="art3", down=True, **doing(stage, 3))
    saved(stage, text, key="art4", en="only English", minute=4)
    changed = draft_history(instrument=text)[0].revision_id
    second = sheet(text).trees
    restore_draft(instrument=text, revision=beginning, **doing(stage, 5))
    assert sheet(text).trees == first
    restore_draft(instrument=text, revision=changed, **doing(stage, 6))
    assert sheet(text).trees == second
    assert flags(text) == {"art4": ["one_language"]}
    then = draft_state_at(instrument=text, revision=beginning)
    assert then is not None
    assert then.trees(("ko", "en"), titles={}) == first
    acts = [row.act for row in draft_history(instrument=text)]
    assert acts == [
        "restored",
        "restored",
        "words",
        "moved",
        "struck",
        "inserted",
        "words",
        "import",
    ]
    assert audit.verify() == []


def test_one_provision_goes_back(stage: Stage, text: Instrument) -> None:
    saved(stage, text, ko="새로", en="new")
    saved(stage, text, key="art3", ko="셋째", en="third", minute=1)
    past = provision_history(instrument=text, key="art1")
    assert [each.provision.words["ko"].text for each in past] == ["새로", "ko art1"]
    assert [each.change.act for each in past] == ["words", "import"]
    restore_provision(
        instrument=text, key="art1", revision=past[1].change.revision_id, **doing(stage, 2)
    )
    assert one(text, "art1").words["ko"].text == "ko art1"
    assert one(text, "art3").words["ko"].text == "셋째"


def test_a_language_taken_out_by_an_import_is_not_in_the_past_that_follows(stage: Stage) -> None:
    instrument = stage.drafted("law", articles=2)
    tree = text_tree("law en", "en", articles=1)
    draft_text(slug="law", kind="resolution", trees=[tree], actor=stage.secretary, now=at(0))
    newest = draft_history(instrument=instrument)[0].revision_id
    then = draft_state_at(instrument=instrument, revision=newest)
    assert then is not None
    assert set(then.provisions["art2"].words) == {"ko"}


def test_another_text_s_past_is_not_this_one_s(stage: Stage, text: Instrument) -> None:
    other = stage.drafted("other")
    foreign = draft_history(instrument=other)[0].revision_id
    assert draft_state_at(instrument=text, revision=foreign) is None
    with refused("missing", Missing):
        restore_draft(instrument=text, revision=foreign, **doing(stage))


def test_the_past_costs_the_same_however_long_it_is(stage: Stage, text: Instrument) -> None:
    def costs() -> tuple[int, int, int]:
        counts = []
        for ask in (
            lambda: [row.revision.user for row in draft_history(instrument=text)],
            lambda: draft_state_at(instrument=text, revision=Revision.objects.latest("pk").pk),
            lambda: provision_history(instrument=text, key="art1"),
        ):
            ask()
            with CaptureQueriesContext(connection) as captured:
                ask()
            counts.append(len(captured))
        return tuple(counts)

    saved(stage, text, ko="0", en="0")
    few = costs()
    for number in range(1, 20):
        saved(stage, text, ko=f"{number}", en=f"{number}", minute=number)
    assert costs() == few == (1, 4, 3)


# locks


def test_a_lock_is_taken_kept_and_ends_by_itself(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    delegate = stage.delegates["alpha"]
    lock = take_lock(instrument=text, key="art1", city=alpha, actor=delegate, now=at(0))
    assert (lock.person, lock.city, lock.role) == (delegate, alpha, "head")
    assert lock.ends_at == at(0) + LOCK_LASTS
    with refused("provision_locked", Locked, where="art1"):
        take_lock(instrument=text, key="art1", actor=stage.secretary, now=at(9))
    again = take_lock(instrument=text, key="art1", city=alpha, actor=delegate, now=at(9))
    assert (again.taken_at, again.ends_at) == (at(0), at(19))
    assert list(sheet(text, 18).locks) == ["art1"]
    assert list(sheet(text, 19).locks) == []
    taken = take_lock(instrument=text, key="art1", actor=stage.secretary, now=at(19))
    assert (taken.person, taken.city, taken.taken_at) == (stage.secretary, None, at(19))
    leave_lock(instrument=text, key="art1", actor=delegate)
    assert ProvisionLock.objects.count() == 1
    leave_lock(instrument=text, key="art1", actor=stage.secretary)
    assert ProvisionLock.objects.count() == 0


def test_what_another_holds_is_not_written(stage: Stage, text: Instrument, alpha: City) -> None:
    delegate = stage.delegates["alpha"]
    take_lock(instrument=text, key="art2", city=alpha, actor=delegate, now=at(0))
    for key in ("art2", "art2.p1"):
        with refused("provision_locked", Locked, where="art2"):
            saved(stage, text, key=key, ko="새로", minute=1)
    with refused("provision_locked", Locked):
        strike_provision(instrument=text, key="art2", **doing(stage, 1))
    with refused("provision_locked", Locked):
        restore_provision(
            instrument=text,
            key="art2",
            revision=draft_history(instrument=text)[0].revision_id,
            **doing(stage, 1),
        )
    saved(stage, text, key="art1", ko="새로", minute=1)
    saved(stage, text, key="art2.p1", ko="새로", minute=1, actor=delegate, city=alpha)
    saved(stage, text, key="art2", ko="새로", minute=10)


def test_the_office_takes_a_lock_over_with_a_reason(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    delegate = stage.delegates["alpha"]
    take_lock(instrument=text, key="art1", city=alpha, actor=delegate, now=at(0))
    taking = {"instrument": text, "key": "art1"}
    with refused("not_allowed", NotAllowed):
        take_over_lock(reason="urgent", actor=delegate, now=at(1), **taking)
    with refused("reason_missing", InvalidInput):
        take_over_lock(reason=" ", actor=stage.secretary, now=at(1), **taking)
    with records("text:statute text.lock_taken_over"):
        take_over_lock(reason="urgent", actor=stage.secretary, now=at(1), **taking)
    with refused("provision_locked", Locked):
        saved(stage, text, ko="새로", minute=2, actor=delegate, city=alpha)
    with refused("missing", Missing):
        take_over_lock(reason="urgent", actor=stage.secretary, now=at(2), **taking)


# unsaved words and comments


def test_unsaved_words_are_their_writer_s_own(stage: Stage, text: Instrument, alpha: City) -> None:
    delegate = stage.delegates["alpha"]
    keeping = {"instrument": text, "key": "art1", "city": alpha, "actor": delegate}
    keep_buffer(fields={"text": "half a"}, base="0" * 64, now=at(0), **keeping)
    keep_buffer(fields={"text": "half a sentence"}, base="1" * 64, now=at(1), **keeping)
    buffer = ProvisionBuffer.objects.get()
    assert (buffer.person, buffer.fields, buffer.base_sha256, buffer.kept_at) == (
        delegate,
        {"text": "half a sentence"},
        "1" * 64,
        at(1),
    )
    with refused("too_long", InvalidInput):
        keep_buffer(fields={"text": "x" * 1_000_001}, base="", now=at(2), **keeping)
    drop_buffer(instrument=text, key="art1", actor=stage.secretary)
    assert ProvisionBuffer.objects.count() == 1
    drop_buffer(instrument=text, key="art1", actor=delegate)
    assert ProvisionBuffer.objects.count() == 0


def test_comments_are_written_answered_and_settled_once(
    stage: Stage, text: Instrument, alpha: City
) -> None:
    delegate = stage.delegates["alpha"]
    city = {"city": alpha, "actor": delegate}
    comment = comment_provision(instrument=text, key="art1", text=" Too long? ", now=at(0), **city)
    answer = comment_provision(
        instrument=text,
        key="",
        text="Yes.",
        answers=comment,
        actor=stage.secretary,
        now=at(1),
    )
    assert (comment.text, comment.role, answer.key, answer.city) == (
        "Too long?",
        "head",
        "art1",
        None,
    )
    assert sheet(text).comments == {"art1": 1}
    thread = sheet(text, opened="art1").threads[0]
    assert (thread.comment, thread.answers) == (comment, (answer,))
    with refused("missing", Missing):
        comment_provision(instrument=text, key="", text="?", answers=answer, now=at(2), **city)
    with refused("comment_missing", InvalidInput):
        comment_provision(instrument=text, key="art1", text=" ", now=at(2), **city)
    with refused("missing", Missing):
        comment_provision(instrument=text, key="art99", text="?", now=at(2), **city)
    with refused("city_not_named", NotAllowed):
        settle_comment(
            comment=comment,
            city=stage.cities["beta"],
            actor=stage.delegates["beta"],
            now=at(2),
        )
    settle_comment(comment=comment, now=at(2), **city)
    assert sheet(text).comments == {}
    with refused("settled", Conflict):
        settle_comment(comment=comment, now=at(3), **city)
    assert ProvisionComment.objects.count() == 2


# size


def test_an_article_saved_a_hundred_times_stays_small(stage: Stage, text: Instrument) -> None:
    """Three versions a save: the provision and its two languages, nothing of the rest."""
    versions = Version.objects.count()
    for number in range(100):
        saved(stage, text, ko=f"{number}", en=f"{number}", now=at(0) + timedelta(seconds=number))
    assert Version.objects.count() == versions + 300
    assert ProvisionText.objects.filter(provision__instrument=text).count() == 12
