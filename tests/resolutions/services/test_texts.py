"""From a draft to an adopted, published edition, and everything that is refused on the way."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta

import pytest
import reversion
from django.db import transaction
from reversion.models import Version

from resolutions.models import (
    Edition,
    EditionProvision,
    EditionText,
    Instrument,
    Provision,
    ProvisionText,
)
from resolutions.models.sealed import SealedError
from resolutions.rules.canonical import edition_hash, language_hash
from resolutions.rules.operations import Words
from resolutions.selectors.trees import draft_tree, edition_tree
from resolutions.services.drafting import ProvisionWords, save_words
from resolutions.services.texts import (
    RuleBinding,
    adopt_text,
    bind_rules,
    draft_hashes,
    draft_text,
    publish_edition,
    table_text,
    take_off_the_table,
)
from resolutions.services.votes import annul_vote, close_vote
from secretariat.kernel import audit
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed, WrongState
from secretariat.kernel.models import AuditEntry
from tests.factories import NOW
from tests.resolutions.stage import (
    BYLAWS_RULES,
    MAJORITY,
    NAMES,
    Stage,
    at,
    bindings,
    both,
    records,
    refused,
    text_tree,
)


def edit(
    stage: Stage,
    instrument: Instrument,
    *,
    key: str = "art1",
    heading: str = "목적",
    text: str = "새 본문",
    actor: object = None,
    now: datetime | None = None,
) -> Provision:
    save_words(
        instrument=instrument,
        provisions=[ProvisionWords(key, {"ko": Words(heading, text)}, {})],
        reason="더 쉬운 말",
        actor=actor or stage.secretary,
        now=now or at(-50),
    )
    return instrument.provisions.get(key=key)


def adopt(stage: Stage, instrument: Instrument, **changes: object) -> Edition:
    given = {"vote": None, "actor": stage.secretary, "now": at(20)}
    return adopt_text(instrument=instrument, **given | changes)


def carried(stage: Stage, instrument: Instrument, **options: object):
    """A closed roll-call that adopted the text: four for, one against."""
    vote = stage.open_vote(instrument=instrument, **options)
    choices = {"alpha": "for", "beta": "for", "gamma": "for", "delta": "for", "zeta": "against"}
    stage.cast(vote, **choices)
    close_vote(vote=vote, actor=stage.officer, now=at(10))
    vote.refresh_from_db()
    return vote


# drafting


def test_a_draft_is_stored_provision_by_provision(stage: Stage) -> None:
    with records("text:statute text.drafted"):
        instrument = stage.drafted("statute", "declaration", articles=3)
    assert (instrument.kind, instrument.state) == ("declaration", "draft")
    assert instrument.authentic_languages == ["ko", "en"]
    assert instrument.titles.as_dict() == {"ko": "statute ko", "en": "statute en"}
    for tree in both("statute", articles=3):
        assert draft_tree(instrument=instrument, language=tree.lang) == tree
    entry = AuditEntry.objects.get(chain="text:statute")
    assert (entry.person, entry.role) == (stage.secretary.uuid, "secretary_general")
    assert audit.verify() == []


def test_importing_the_same_again_adds_no_version_of_any_provision(stage: Stage) -> None:
    stage.drafted("statute")
    versions = Version.objects.count()
    rows = list(Provision.objects.order_by("pk").values())
    stage.drafted("statute")
    assert Version.objects.count() == versions
    assert list(Provision.objects.order_by("pk").values()) == rows


def test_one_language_replaces_only_its_own_words(stage: Stage) -> None:
    instrument = stage.drafted("statute")
    english = draft_tree(instrument=instrument, language="en")
    changed = text_tree("statute ko", "ko", words="다시")
    draft_text(
        slug="statute", kind="resolution", trees=[changed], actor=stage.secretary, now=at(-90)
    )
    assert draft_tree(instrument=instrument, language="ko") == changed
    assert draft_tree(instrument=instrument, language="en") == english


def test_what_no_language_has_any_more_becomes_a_tombstone(stage: Stage) -> None:
    instrument = stage.drafted("statute", articles=4)
    stage.drafted("statute", articles=3)
    assert set(instrument.provisions.filter(removed=True).values_list("key", flat=True)) == {"art4"}
    assert ProvisionText.objects.filter(provision__key="art4").count() == 0
    stage.drafted("statute", articles=4)
    assert not instrument.provisions.get(key="art4").removed


def test_what_one_language_still_has_stays(stage: Stage) -> None:
    instrument = stage.drafted("statute", articles=4)
    shorter = text_tree("statute ko", "ko", articles=3)
    draft_text(
        slug="statute", kind="resolution", trees=[shorter], actor=stage.secretary, now=at(-90)
    )
    assert not instrument.provisions.get(key="art4").removed
    assert draft_tree(instrument=instrument, language="ko").find("art4") is None
    assert draft_tree(instrument=instrument, language="en").find("art4") is not None


def test_an_insertion_leaves_its_siblings_where_they_are(stage: Stage) -> None:
    instrument = stage.drafted("statute", articles=3)
    before = dict(instrument.provisions.values_list("key", "position"))
    tree = text_tree("statute ko", "ko", articles=3)
    first, *others = tree.provisions
    inserted = text_tree("statute ko", "ko", articles=9).provisions[8]
    longer = type(tree)(tree.title, tree.lang, (first, inserted, *others))
    draft_text(slug="statute", kind="resolution", trees=[longer], actor=stage.secretary, now=at(-9))
    after = dict(instrument.provisions.values_list("key", "position"))
    assert {key: after[key] for key in before} == before
    assert [p.key for p in draft_tree(instrument=instrument, language="ko").provisions] == [
        "art1",
        "art9",
        "art2",
        "art3",
    ]


def test_an_edit_is_one_small_revision_in_its_author_s_name(stage: Stage) -> None:
    instrument = stage.drafted("statute")
    with records("text:statute text.edited"):
        provision = edit(stage, instrument, text="  새 본문 ")
    words = provision.texts.get(language="ko")
    assert (words.heading, words.text) == ("목적", "새 본문")
    versions = Version.objects.get_for_object(provision)
    assert len(versions) == 2
    latest = versions[0].revision
    assert latest.user == stage.secretary
    assert latest.date_created == at(-50)
    assert latest.comment == "더 쉬운 말"
    assert (latest.draft.instrument, latest.draft.role) == (instrument, "secretary_general")
    assert latest.version_set.count() == 1 + provision.texts.count()


def test_the_history_of_an_import_has_the_words_that_were_imported(stage: Stage) -> None:
    stage.drafted("statute")
    instrument = stage.drafted("statute", words="anew")
    provision = instrument.provisions.get(key="art1")
    revision = Version.objects.get_for_object(provision)[0].revision
    texts = {
        version.field_dict["language"]: version.field_dict["text"]
        for version in revision.version_set.all()
        if version.field_dict.get("provision_id") == provision.pk
    }
    assert texts["en"] == "en art1 anew"
    assert (
        Version.objects.get_for_object(provision.texts.get(language="ko"))[0].field_dict["text"]
        == "ko art1 anew"
    )


def test_history_is_no_part_of_the_legal_record(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    edition = adopt(stage, instrument, basis="before this platform")
    with transaction.atomic():
        Version.objects.all().delete()
    assert edition_tree(edition=edition, language="ko") == text_tree("statute ko", "ko")
    assert audit.verify() == []
    assert reversion.is_registered(Provision)
    assert not reversion.is_registered(Edition)


@pytest.mark.parametrize("who", ["officer", "registrar", "auditor", "delegate"])
def test_only_the_secretary_general_drafts(stage: Stage, who: str) -> None:
    instrument = stage.drafted("statute")
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    with refused("not_allowed", NotAllowed):
        edit(stage, instrument, actor=actor)
    with refused("not_allowed", NotAllowed):
        table_text(instrument=instrument, actor=actor, now=at(0))


def test_another_kind_under_a_known_address_is_refused(stage: Stage) -> None:
    stage.drafted("statute", "resolution")
    with refused("kind_differs", Conflict, where="statute"):
        stage.drafted("statute", "declaration")


@pytest.mark.parametrize("slug", ["", "two words", "../up", "규약", "x" * 101])
def test_an_address_name_that_is_no_part_of_an_address_is_refused(stage: Stage, slug: str) -> None:
    with refused("bad_slug", InvalidInput):
        stage.drafted(slug)


@pytest.mark.parametrize(
    ("title", "code"), [("  ", "title_missing"), ("x" * 501, "title_too_long")]
)
def test_a_title_that_cannot_be_is_refused(stage: Stage, title: str, code: str) -> None:
    with refused(code, InvalidInput):
        draft_text(
            slug="statute",
            kind="resolution",
            trees=[text_tree(title)],
            actor=stage.secretary,
            now=NOW,
        )


def test_words_are_stored_as_they_will_be_sealed(stage: Stage) -> None:
    decomposed = unicodedata.normalize("NFD", "규약")
    instrument = stage.drafted("statute", words=f"{decomposed}\r\n둘째 줄 ")
    assert draft_tree(instrument=instrument, language="ko") == text_tree(
        "statute ko", words="규약\n둘째 줄"
    )
    provision = edit(stage, instrument, heading=f" {decomposed}", text="한 줄\r\n또 한 줄\n")
    words = provision.texts.get(language="ko")
    assert (words.heading, words.text) == ("규약", "한 줄\n또 한 줄")


def test_an_unknown_provision_is_not_edited(stage: Stage) -> None:
    instrument = stage.drafted("statute")
    with refused("missing", Missing, where="art99"):
        edit(stage, instrument, key="art99")


# rules


def test_rules_are_bound_to_provisions_and_replaced_as_a_whole(stage: Stage) -> None:
    instrument = stage.drafted("bylaws", "bylaws", rules=BYLAWS_RULES)
    with records("text:bylaws text.rules_bound"):
        bind_rules(
            instrument=instrument,
            bindings=[RuleBinding("notice_days", 5, "art4")],
            actor=stage.secretary,
            now=at(-50),
        )
    assert list(instrument.draft_rules.values_list("name", "value", "provision_key")) == [
        ("notice_days", 5, "art4")
    ]


@pytest.mark.parametrize(
    ("binding", "code", "where"),
    [
        (RuleBinding("quorum", BYLAWS_RULES["quorum"][0], "art99"), "missing", "art99"),
        (RuleBinding("quorums", BYLAWS_RULES["quorum"][0], "art1"), "rule_unknown", "quorums"),
        (RuleBinding("notice_days", -1, "art1"), "number_out_of_range", "notice_days"),
        (RuleBinding("notice_days", "3", "art1"), "not_a_whole_number", "notice_days"),
        (
            RuleBinding("majority_ordinary", {**MAJORITY, "fraction": "3/2"}, "art1"),
            "fraction_out_of_range",
            "fraction",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    stage: Stage, binding: RuleBinding, code: str, where: str
) -> None:
    instrument = stage.drafted("bylaws", "bylaws")
    with refused(code):
        bind_rules(instrument=instrument, bindings=[binding], actor=stage.secretary, now=at(0))


def test_a_rule_bound_twice_is_refused(stage: Stage) -> None:
    instrument = stage.drafted("bylaws", "bylaws")
    twice = [RuleBinding("notice_days", 5, "art4"), RuleBinding("notice_days", 6, "art5")]
    with refused("rule_bound_twice", InvalidInput, where="notice_days"):
        bind_rules(instrument=instrument, bindings=twice, actor=stage.secretary, now=at(0))


# tabling


def test_a_tabled_text_stands_still(stage: Stage) -> None:
    instrument = stage.drafted("statute")
    hashes = draft_hashes(instrument=instrument)
    assert hashes == {tree.lang: language_hash(tree) for tree in both("statute")}
    with records("text:statute text.tabled"):
        total = table_text(instrument=instrument, actor=stage.secretary, now=at(0))
    assert total == edition_hash(hashes)
    instrument.refresh_from_db()
    assert instrument.state == "tabled"
    with refused("not_in_this_state", WrongState):
        edit(stage, instrument)
    with refused("not_in_this_state", WrongState):
        stage.drafted("statute", words="again")
    with refused("not_in_this_state", WrongState):
        bind_rules(instrument=instrument, bindings=[], actor=stage.secretary, now=at(0))
    with refused("not_in_this_state", WrongState):
        table_text(instrument=instrument, actor=stage.secretary, now=at(0))


def test_a_text_missing_in_an_authentic_language_is_not_tabled(stage: Stage) -> None:
    instrument = draft_text(
        slug="statute",
        kind="resolution",
        trees=[text_tree("statute")],
        authentic_languages=["ko", "en"],
        actor=stage.secretary,
        now=NOW,
    )
    with refused("authentic_language_missing", WrongState, where="statute"):
        table_text(instrument=instrument, actor=stage.secretary, now=at(0))


def test_an_empty_text_is_not_tabled(stage: Stage) -> None:
    instrument = stage.drafted("statute", articles=0)
    with refused("text_empty", WrongState):
        table_text(instrument=instrument, actor=stage.secretary, now=at(0))


def test_a_rule_whose_provision_was_taken_out_again_stops_the_tabling(stage: Stage) -> None:
    instrument = stage.drafted("bylaws", "bylaws", rules=BYLAWS_RULES)
    stage.drafted("bylaws", "bylaws", articles=6)
    with refused("rule_without_provision", WrongState, where="art7"):
        table_text(instrument=instrument, actor=stage.secretary, now=at(0))


def test_a_tabled_text_is_taken_back_but_not_during_a_vote_on_it(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = stage.open_vote(instrument=instrument)
    with refused("vote_on_text_open", WrongState):
        take_off_the_table(
            instrument=instrument, reason="a typing error", actor=stage.secretary, now=at(3)
        )
    close_vote(vote=vote, actor=stage.officer, now=at(4))
    with records("text:statute text.taken_back"):
        take_off_the_table(
            instrument=instrument, reason="a typing error", actor=stage.secretary, now=at(5)
        )
    instrument.refresh_from_db()
    assert instrument.state == "draft"


# adoption


def test_adoption_seals_the_text_that_the_vote_adopted(stage: Stage) -> None:
    instrument = stage.tabled("statute", rules={"notice_days": (9, "art4")})
    vote = carried(stage, instrument)
    with records("text:statute text.adopted"):
        edition = adopt(stage, instrument, vote=vote)
    hashes = {tree.lang: language_hash(tree) for tree in both("statute")}
    assert (edition.number, edition.decision, edition.predecessor) == (1, vote, None)
    assert (edition.adopted_on, edition.in_force_from) == (date(2018, 12, 12), date(2018, 12, 12))
    assert edition.sha256 == edition_hash(hashes)
    assert dict(edition.languages.values_list("language", "sha256")) == hashes
    assert set(edition.languages.values_list("authentic", flat=True)) == {True}
    for tree in both("statute"):
        assert edition_tree(edition=edition, language=tree.lang) == tree
    assert list(edition.rules.values_list("name", "value", "provision_key")) == [
        ("notice_days", 9, "art4")
    ]
    instrument.refresh_from_db()
    assert instrument.state == "adopted"
    assert audit.verify() == []


def test_the_day_of_adoption_is_the_day_of_the_decision(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = carried(stage, instrument)
    edition = adopt(stage, instrument, vote=vote, now=NOW + timedelta(days=2))
    assert (edition.adopted_on, edition.in_force_from) == (date(2018, 12, 12), date(2018, 12, 12))
    assert edition.adopted_at == NOW + timedelta(days=2)


def test_a_translation_that_is_not_authentic_is_sealed_as_such(stage: Stage) -> None:
    instrument = draft_text(
        slug="statute",
        kind="resolution",
        trees=both("statute"),
        authentic_languages=["ko"],
        actor=stage.secretary,
        now=NOW,
    )
    table_text(instrument=instrument, actor=stage.secretary, now=NOW)
    edition = adopt(stage, instrument, basis="before this platform")
    assert dict(edition.languages.values_list("language", "authentic")) == {"ko": True, "en": False}
    assert audit.verify() == []


def test_nothing_is_adopted_without_a_decision(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    with refused("text_not_decided", WrongState):
        adopt(stage, instrument)


def test_nothing_is_adopted_in_the_future(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    with refused("in_the_future", InvalidInput, where="adopted_on"):
        adopt(stage, instrument, basis="a prophecy", adopted_on=date(2018, 12, 13))


def test_a_draft_is_not_adopted(stage: Stage) -> None:
    instrument = stage.drafted("statute")
    with refused("not_in_this_state", WrongState):
        adopt(stage, instrument, basis="before this platform")


def test_a_vote_that_is_not_closed_adopts_nothing(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = stage.open_vote(instrument=instrument)
    stage.cast(vote, **dict.fromkeys(NAMES, "for"))
    with refused("text_not_decided", WrongState):
        adopt(stage, instrument, vote=vote)


def test_a_lost_vote_adopts_nothing(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = stage.open_vote(instrument=instrument)
    stage.cast(vote, **dict.fromkeys(NAMES, "against"))
    close_vote(vote=vote, actor=stage.officer, now=at(10))
    with refused("text_not_decided", WrongState):
        adopt(stage, instrument, vote=vote)


def test_a_vote_on_another_text_adopts_nothing(stage: Stage) -> None:
    instrument, other = stage.tabled("statute"), stage.tabled("other")
    vote = carried(stage, other)
    with refused("text_not_decided", WrongState, where="statute"):
        adopt(stage, instrument, vote=vote)


def test_an_annulled_vote_adopts_nothing(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = carried(stage, instrument)
    annul_vote(vote=vote, reason="recorded wrongly", actor=stage.secretary, now=at(11))
    with refused("text_not_decided", WrongState):
        adopt(stage, instrument, vote=vote)


def test_a_text_changed_after_the_vote_is_not_adopted(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = carried(stage, instrument)
    take_off_the_table(instrument=instrument, reason="typing", actor=stage.secretary, now=at(11))
    edit(stage, instrument, now=at(12))
    table_text(instrument=instrument, actor=stage.secretary, now=at(13))
    with refused("text_changed_since_decision", WrongState, where="statute"):
        adopt(stage, instrument, vote=vote)


def test_rules_changed_after_the_vote_are_not_adopted(stage: Stage) -> None:
    instrument = stage.tabled("statute", rules={"notice_days": (9, "art4")})
    vote = carried(stage, instrument)
    take_off_the_table(instrument=instrument, reason="slip", actor=stage.secretary, now=at(11))
    bind_rules(
        instrument=instrument,
        bindings=[RuleBinding("notice_days", 1, "art4")],
        actor=stage.secretary,
        now=at(12),
    )
    table_text(instrument=instrument, actor=stage.secretary, now=at(13))
    with refused("rules_changed_since_decision", WrongState):
        adopt(stage, instrument, vote=vote)


def test_one_decision_adopts_one_edition(stage: Stage) -> None:
    instrument = stage.tabled("statute")
    vote = carried(stage, instrument)
    edition = adopt(stage, instrument, vote=vote)
    publish_edition(edition=edition, actor=stage.secretary, now=at(21))
    stage.tabled("statute")
    with refused("text_not_decided", WrongState):
        adopt(stage, instrument, vote=vote, now=at(30))


@pytest.mark.parametrize("who", ["officer", "registrar", "auditor", "delegate"])
def test_only_the_secretary_general_adopts_and_publishes(stage: Stage, who: str) -> None:
    instrument = stage.tabled("statute")
    actor = stage.delegates["alpha"] if who == "delegate" else getattr(stage, who)
    with refused("not_allowed", NotAllowed):
        adopt(stage, instrument, basis="before this platform", actor=actor)
    edition = adopt(stage, instrument, basis="before this platform")
    with refused("not_allowed", NotAllowed):
        publish_edition(edition=edition, actor=actor, now=at(21))


# publication, and the next edition


def test_an_edition_is_published_once(stage: Stage) -> None:
    edition = stage.adopted("statute")
    with records("text:statute text.published"):
        publication = publish_edition(edition=edition, actor=stage.secretary, now=at(1))
    assert publication.published_at == at(1)
    edition.instrument.refresh_from_db()
    assert edition.instrument.state == "published"
    with refused("conflict", Conflict, where="statute"):
        publish_edition(edition=edition, actor=stage.secretary, now=at(2))


def test_an_adopted_text_is_not_drafted_again_before_it_is_public(stage: Stage) -> None:
    stage.adopted("statute")
    with refused("not_in_this_state", WrongState):
        stage.drafted("statute", words="again")


def test_a_published_text_is_drafted_anew_and_its_edition_stays(stage: Stage) -> None:
    first = stage.adopted("statute")
    publish_edition(edition=first, actor=stage.secretary, now=at(1))
    before = edition_tree(edition=first, language="ko")
    instrument = stage.tabled("statute", words="new")
    second = adopt(stage, instrument, basis="before this platform", now=at(30))
    assert (second.number, second.predecessor) == (2, first)
    assert edition_tree(edition=first, language="ko") == before
    assert edition_tree(edition=second, language="ko") == text_tree("statute ko", words="new")
    assert audit.verify() == []


def test_sealed_rows_are_neither_saved_nor_deleted(stage: Stage) -> None:
    edition = stage.adopted("statute")
    rows = [
        edition,
        edition.languages.first(),
        EditionProvision.objects.first(),
        EditionText.objects.first(),
    ]
    for row in rows:
        with pytest.raises(SealedError):
            row.save()
        with pytest.raises(SealedError):
            row.delete()


def test_bindings_are_adopted_with_their_edition(stage: Stage) -> None:
    rules = stage.bylaws.rules.order_by("name").values_list("name", "value", "provision_key")
    expected = [(b.name, b.value, b.provision_key) for b in bindings(BYLAWS_RULES)]
    assert list(rules) == sorted(expected, key=lambda each: each[0])
