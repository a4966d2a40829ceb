"""Rows that public pages show, made without the services behind them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from wagtail.models import Locale

from cms.models import HomePage, Practice, SitePage
from cms.models.practices import translation_key_of
from members.models import City
from resolutions.models import (
    Assembly,
    AssemblyText,
    Ballot,
    Edition,
    EditionLanguage,
    EditionProvision,
    EditionRule,
    EditionText,
    Election,
    ElectionText,
    Instrument,
    InstrumentTitle,
    Publication,
    RollSeat,
    Vote,
    VoteOption,
    VoteResult,
    VoteText,
)
from resolutions.rules.canonical import edition_hash, language_hash
from resolutions.rules.structure import TextTree
from secretariat.kernel.audit import canonical_json, sha256
from tests.factories import NOW, CityFactory, MembershipFactory

LANGUAGES = ("ko", "en")


def make_practice(external_id: str, language: str = "ko", **fields: Any) -> Practice:
    """A public practice."""
    return Practice.objects.create(
        **{
            "external_id": external_id,
            "slug": external_id,
            "locale": Locale.objects.get(language_code=language),
            "translation_key": translation_key_of(external_id),
            "title": f"{external_id} {language}",
            "summary": "요약",
            "first_published_at": NOW,
            "last_published_at": NOW,
            **fields,
        }
    )


def make_page(kind: type[SitePage], section: str, slug: str, **fields: Any) -> SitePage:
    """A public page below a section, in Korean."""
    home = HomePage.objects.get(locale__language_code="ko")
    parent = home.get_children().get(slug=section)
    page = kind(slug=slug, title=slug, locale=home.locale, **fields)
    parent.add_child(instance=page)
    return page


def make_assembly(slug: str, *, state: str = "open", **fields: Any) -> Assembly:
    """An assembly with words in both languages."""
    host = fields.pop("host_city", None) or CityFactory()
    assembly = Assembly.objects.create(
        **{
            "slug": slug,
            "kind": "ordinary",
            "state": state,
            "starts_at": NOW - timedelta(hours=1),
            "ends_at": NOW + timedelta(hours=2),
            "host_city": host,
            "presiding_city": host,
            "convened_at": NOW - timedelta(days=30),
            "opened_at": NOW - timedelta(hours=1) if state in ("open", "closed") else None,
            "closed_at": NOW if state == "closed" else None,
            **fields,
        }
    )
    for language, title in zip(LANGUAGES, (f"총회 {slug}", f"Assembly {slug}"), strict=True):
        AssemblyText.objects.create(
            assembly=assembly, language=language, title=title, place="Hall", convocation="…"
        )
    return assembly


def make_vote(
    slug: str,
    *,
    state: str = "closed",
    choices: dict[str, str | None] | None = None,
    assembly: Assembly | None = None,
    **fields: Any,
) -> Vote:
    """A roll-call; `choices` maps city slugs to "for", "against", "abstain" or None."""
    vote = Vote.objects.create(
        **{
            "slug": slug,
            "assembly": assembly or make_assembly(f"of-{slug}"),
            "mode": "roll_call",
            "state": state,
            "majority_rule": "majority_ordinary",
            "prepared_at": NOW,
            "opened_at": NOW if state != "prepared" else None,
            "closed_at": NOW if state in ("closed", "annulled") else None,
            "roll_hash": "a" * 64,
            **fields,
        }
    )
    for language, title in zip(LANGUAGES, (f"표결 {slug}", f"Vote {slug}"), strict=True):
        VoteText.objects.create(vote=vote, language=language, title=title, question=f"{title}?")
    options = {
        key: VoteOption.objects.create(vote=vote, key=key, position=position)
        for position, key in enumerate(("for", "against", "abstain"))
    }
    choices = choices or {}
    for position, (name, choice) in enumerate(choices.items()):
        city = City.objects.filter(slug=name).first() or MembershipFactory(city__slug=name).city
        seat = RollSeat.objects.create(
            vote=vote, city=city, position=position, present_at_opening=True
        )
        if choice is not None:
            Ballot.objects.create(
                seat=seat, option=options[choice], cast_at=NOW, cast_role="voting_delegate"
            )
    if state in ("closed", "annulled"):
        _close(vote, choices)
    return vote


def _close(vote: Vote, choices: dict[str, str | None]) -> None:
    counts = {key: list(choices.values()).count(key) for key in ("for", "against", "abstain")}
    cast = counts["for"] + counts["against"]
    outcome = "adopted" if counts["for"] > counts["against"] else "rejected"
    document = canonical_json(
        {
            "vote": vote.slug,
            "outcome": outcome,
            "seats": len(choices),
            "present": len(choices),
            "counts": counts,
            "ballots": [
                {"city": name, "present": True, "choice": choice}
                for name, choice in choices.items()
            ],
            "quorum": None,
            "majority": {
                "denominator": cast,
                "needed": cast // 2 + 1,
                "in_favour": counts["for"],
                "outcome": outcome,
            },
            "round": None,
            "sentence": {"ko": f"찬성 {counts['for']}표입니다.", "en": f"{counts['for']} for."},
            "objections": [],
        }
    )
    VoteResult.objects.create(
        vote=vote, outcome=outcome, document=document, sha256=sha256(document)
    )


def make_election(slug: str, *, assembly: Assembly | None = None, **fields: Any) -> Election:
    """An announced election."""
    election = Election.objects.create(
        **{
            "slug": slug,
            "assembly": assembly or make_assembly(f"of-{slug}"),
            "office": "chair_city",
            "announced_at": NOW,
            **fields,
        }
    )
    for language in LANGUAGES:
        ElectionText.objects.create(
            election=election, language=language, title=f"Election {slug} {language}"
        )
    return election


def make_edition(
    slug: str,
    *,
    number: int = 1,
    kind: str = "declaration",
    published: bool = True,
    in_force_from: datetime | None = None,
    articles: int = 3,
) -> Edition:
    """An adopted edition of a text with articles in both languages."""
    instrument, created = Instrument.objects.get_or_create(
        slug=slug,
        defaults={"kind": kind, "authentic_languages": ["ko", "en"], "created_at": NOW},
    )
    titles = {"ko": f"문서 {slug}", "en": f"Text {slug}"}
    if created:
        for language, title in titles.items():
            InstrumentTitle.objects.create(instrument=instrument, language=language, title=title)
    day = (in_force_from or NOW).date()
    edition = Edition.objects.create(
        instrument=instrument,
        number=number,
        adopted_at=NOW,
        adopted_on=day,
        in_force_from=day,
        basis="시험",
        sha256=sha256(f"{slug}{number}"),
    )
    for language, title in titles.items():
        EditionLanguage.objects.create(
            edition=edition,
            language=language,
            title=title,
            authentic=language == "ko",
            sha256=sha256(f"{slug}{number}{language}"),
        )
    for position in range(articles):
        row = EditionProvision.objects.create(
            edition=edition,
            key=f"art{position + 1}",
            position=position,
            kind="article",
            number=str(position + 1),
        )
        for language, heading, text in (
            ("ko", f"제목 {position + 1}", "도시는 함께한다."),
            ("en", f"Heading {position + 1}", "The cities act together."),
        ):
            EditionText.objects.create(provision=row, language=language, heading=heading, text=text)
    if published:
        Publication.objects.create(edition=edition, published_at=NOW)
    return edition


def make_edition_of(
    slug: str,
    trees: dict[str, TextTree],
    *,
    number: int = 1,
    kind: str = "declaration",
    on: date | None = None,
    published: bool = True,
    rules: dict[str, tuple[Any, str]] | None = None,
    **fields: Any,
) -> Edition:
    """An adopted edition with the words of `trees`; `rules` maps a name to value and provision."""
    instrument, created = Instrument.objects.get_or_create(
        slug=slug,
        defaults={"kind": kind, "authentic_languages": sorted(trees), "created_at": NOW},
    )
    if created:
        for language, tree in trees.items():
            InstrumentTitle.objects.create(
                instrument=instrument, language=language, title=tree.title
            )
    hashes = {language: language_hash(tree) for language, tree in trees.items()}
    day = on or NOW.date()
    edition = Edition.objects.create(
        **{
            "instrument": instrument,
            "number": number,
            "adopted_at": NOW,
            "adopted_on": day,
            "in_force_from": day,
            "basis": "시험",
            "predecessor": instrument.editions.filter(number=number - 1).first(),
            "sha256": edition_hash(hashes),
            **fields,
        }
    )
    EditionLanguage.objects.bulk_create(
        EditionLanguage(
            edition=edition,
            language=language,
            title=tree.title,
            authentic=True,
            sha256=hashes[language],
        )
        for language, tree in trees.items()
    )
    words = {language: tree.by_key() for language, tree in trees.items()}
    steps = list(next(iter(trees.values())).walk_with_parent())
    rows = EditionProvision.objects.bulk_create(
        EditionProvision(
            edition=edition,
            key=provision.key,
            parent_key=parent.key if parent else "",
            position=position,
            kind=provision.kind.value,
            number=provision.number,
        )
        for position, (provision, parent) in enumerate(steps)
    )
    EditionText.objects.bulk_create(
        EditionText(
            provision=row,
            language=language,
            heading=words[language][row.key].heading,
            text=words[language][row.key].text,
        )
        for row in rows
        for language in trees
        if row.key in words[language]
    )
    EditionRule.objects.bulk_create(
        EditionRule(edition=edition, name=name, value=value, provision_key=key)
        for name, (value, key) in (rules or {}).items()
    )
    if published:
        Publication.objects.create(edition=edition, published_at=NOW)
    return edition
