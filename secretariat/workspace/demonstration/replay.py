"""12 December 2018, replayed through the services, as the right people, at their times.

From the convocation to the published joint statement, every act is done by the person
whose act it is. Played whole by `replay_round_table`; played up to a moment, it leaves
the demonstration in the middle of the second round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from members.models import City
from members.models.cities import MembershipKind
from members.services.cities import register_city
from members.services.memberships import record_membership
from resolutions.models import Assembly, Edition, Election, Instrument, Vote
from resolutions.rules.operative import RuleName
from resolutions.services.assemblies import (
    AgendaPoint,
    AssemblyWords,
    agree_founding_rules,
    close_assembly,
    convene_assembly,
    open_assembly,
    pass_the_chair,
    record_attendance,
)
from resolutions.services.elections import (
    accept_nomination,
    announce_election,
    close_round,
    draw_up_certificate,
    nominate,
    open_nominations,
    open_round,
    second,
    sign_certificate,
)
from resolutions.services.founding import admit_founding_members
from resolutions.services.imports import read_text
from resolutions.services.signatures import open_for_signature, sign
from resolutions.services.texts import (
    RuleBinding,
    adopt_text,
    bind_rules,
    draft_text,
    publish_edition,
    table_text,
)
from resolutions.services.votes import cast_vote, close_vote, open_vote, prepare_vote
from secretariat.kernel.models import AuditEntry, Network, User
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.demonstration.people import People, engage_officers, send_delegates
from secretariat.workspace.demonstration.source import (
    moment_of,
    read_json,
    rules_file,
    text_file,
)
from secretariat.workspace.founding import found_network

Act = tuple[datetime, str, Callable[[datetime], Any]]
LANGUAGES = ("ko", "en")
LOT_SEED = hashlib.sha256(b"demonstration 2018-chair").hexdigest()
OPENED_FOR_SIGNATURE_AT = "2018-10-15T10:00:00+09:00"
ACCESSIONS = {
    "hamburg": "2018-12-07T17:10:00+09:00",
    "vienna": "2018-12-07T18:25:00+09:00",
}
"""Who signs the Seoul Declaration on the desk, invented; the sheets of others are recorded by
the registrar (`secretariat.workspace.demonstration.membership`)."""
ESTABLISHED_AT = "2018-10-01T09:00:00+09:00"
TEXT_KINDS = {
    "founding-rules": "resolution",
    "bylaws": "bylaws",
    "seoul-office": "resolution",
    "joint-statement-2018": "joint_statement",
}


class RoundTable:
    """The founding assembly as a script: acts in the order of time, each with its moment."""

    def __init__(self) -> None:
        self.script = read_json("assembly")
        self.people = People(officers={}, delegates={})
        self.cities: dict[str, City] = {}
        self.candidates: dict[str, Any] = {}

    def play(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        told: Callable[[datetime, str], None] | None = None,
    ) -> list[tuple[datetime, str]]:
        """Do every act from `since` up to, not including, `until`; returns what was done.

        Acts stand in the order of their moments, so the script is sorted before it is played.
        """
        done = []
        for at, name, deed in sorted(self._acts(), key=lambda act: act[0]):
            if since is not None and at < since:
                continue
            if until is not None and at >= until:
                break
            if told is not None:
                told(at, name)
            deed(at)
            done.append((at, name))
        return done

    def _acts(self) -> Iterator[Act]:
        yield moment_of(ESTABLISHED_AT), "establish the network", self._establish
        yield moment_of("2018-10-01T10:00:00+09:00"), "register cities", self._register_cities
        yield moment_of("2018-10-01T11:00:00+09:00"), "the Seoul Declaration", self._declaration
        yield moment_of(OPENED_FOR_SIGNATURE_AT), "open it for signature", self._open_signing
        yield moment_of("2018-11-09T10:00:00+09:00"), "draft the texts", self._draft_texts
        yield moment_of(self.script["convocation"]["sent_at"]), "convene", self._convene
        yield moment_of("2018-12-05T18:00:00+09:00"), "confirm seats", self._confirm_seats
        yield moment_of("2018-12-06T10:00:00+09:00"), "accredit delegates", self._accredit
        for city, at in ACCESSIONS.items():
            yield self._accession(city, at)
        yield moment_of(self.script["starts_at"]), "open the assembly", self._open
        for line in self.script["attendance"]:
            yield self._arrival(line)
        for consensus in self.script["consensus"]:
            yield from self._consensus(consensus)
        for vote in self.script["votes"]:
            yield from self._vote(vote)
        yield from self._election(self.script["election"])
        yield moment_of(self.script["ends_at"]), "close the assembly", self._close

    # the network and its texts

    def _establish(self, now: datetime) -> None:
        found_network(
            name_ko="좋은 일자리도시 네트워크",
            name_en="Decent Work City Network",
            office_name_ko="좋은 일자리도시 네트워크 서울사무소",
            office_name_en="Decent Work City Network Seoul Office",
            official_languages=LANGUAGES,
            time_zone="Asia/Seoul",
            demonstration=True,
            actor=SYSTEM,
            now=now,
        )
        self.people.officers.update(engage_officers(now=now))

    def _register_cities(self, now: datetime) -> None:
        for row in read_json("cities"):
            self.cities[row["slug"]] = register_city(
                slug=row["slug"],
                code=row["code"],
                country=row["country"],
                region=row["region"],
                names=row["names"],
                descriptions=row["description"],
                latitude=row["latitude"],
                longitude=row["longitude"],
                population=row["population"],
                website=row["website"],
                actor=self._officer("registrar"),
                now=now,
            )

    def _declaration(self, now: datetime) -> None:
        """The declaration of 2017, adopted before the platform existed: our own wording."""
        officer = self._officer("secretary_general")
        instrument = self._draft("seoul-declaration", "declaration", now)
        table_text(instrument=instrument, actor=officer, now=now)
        adopted_on = moment_of("2017-09-06T17:00:00+09:00").date()
        edition = adopt_text(
            instrument=instrument,
            vote=None,
            basis="2017 서울 국제포럼 / International Forum, Seoul, 5–6 September 2017",
            adopted_on=adopted_on,
            in_force_from=adopted_on,
            actor=officer,
            now=now,
        )
        publish_edition(edition=edition, actor=officer, now=now)

    def _open_signing(self, now: datetime) -> None:
        open_for_signature(
            edition=self._declared(), actor=self._officer("secretary_general"), now=now
        )

    def _accession(self, city: str, at: str) -> Act:
        """A delegate signs on the desk, some weeks after the sheets were gathered."""

        def accede(now: datetime) -> None:
            edition = self._declared()
            sign(
                edition=edition,
                city=self.cities[city],
                language="en",
                sha256=edition.sha256,
                signed_by="시장 (Mayor)",
                actor=self._delegate(city),
                now=now,
            )

        return moment_of(at), f"{city} accedes to the Seoul Declaration", accede

    def _declared(self) -> Edition:
        return Edition.objects.get(instrument__slug="seoul-declaration", number=1)

    def _draft_texts(self, now: datetime) -> None:
        officer = self._officer("secretary_general")
        for slug, kind in TEXT_KINDS.items():
            instrument = self._draft(slug, kind, now)
            rules = rules_file(slug)
            if rules:
                bind_rules(
                    instrument=instrument,
                    bindings=[
                        RuleBinding(rule["name"], rule["value"], rule["provision_key"])
                        for rule in rules
                    ],
                    actor=officer,
                    now=now,
                )
            table_text(instrument=instrument, actor=officer, now=now)

    def _draft(self, slug: str, kind: str, now: datetime) -> Instrument:
        trees = [
            read_text(raw=text_file(slug, language), language=language).tree
            for language in LANGUAGES
        ]
        return draft_text(
            slug=slug,
            kind=kind,
            trees=trees,
            authentic_languages=LANGUAGES,
            actor=self._officer("secretary_general"),
            now=now,
        )

    # the assembly

    def _convene(self, now: datetime) -> None:
        script = self.script
        convene_assembly(
            slug=script["slug"],
            kind=script["kind"],
            starts_at=moment_of(script["starts_at"]),
            ends_at=moment_of(script["ends_at"]),
            time_zone=script["time_zone"],
            host_city=self.cities[script["host"]],
            words={
                language: AssemblyWords(
                    title=script["titles"][language],
                    place=script["place"][language],
                    convocation=script["convocation"]["text"][language],
                )
                for language in LANGUAGES
            },
            agenda=[
                AgendaPoint(
                    kind=item["kind"],
                    titles=item["title"],
                    notes=item["description"],
                    instrument=Instrument.objects.filter(slug=item.get("instrument")).first(),
                )
                for item in script["agenda"]
            ],
            actor=self._officer("secretary_general"),
            now=now,
        )

    def _confirm_seats(self, now: datetime) -> None:
        for slug in self.script["convocation"]["confirmed_cities"]:
            record_membership(
                city=self.cities[slug],
                kind=MembershipKind.APPLICANT,
                starts_on=now.date(),
                decision=f"assembly:{self.script['slug']}",
                actor=self._officer("registrar"),
                now=now,
            )

    def _accredit(self, now: datetime) -> None:
        self.people.delegates.update(
            send_delegates(
                cities=self.cities, by=self._officer("registrar"), starts_at=now, now=now
            )
        )

    def _open(self, now: datetime) -> None:
        open_assembly(assembly=self._assembly(), actor=self._officer("secretary_general"), now=now)

    def _arrival(self, line: dict[str, Any]) -> Act:
        def arrive(now: datetime) -> None:
            record_attendance(
                assembly=self._assembly(),
                city=self.cities[line["city"]],
                kind="arrived",
                mode=line["mode"],
                actor=self._officer("registrar"),
                now=now,
            )

        return moment_of(line["arrived_at"]), f"{line['city']} arrives", arrive

    def _close(self, now: datetime) -> None:
        close_assembly(assembly=self._assembly(), actor=self._officer("secretary_general"), now=now)

    # decisions

    def _consensus(self, script: dict[str, Any]) -> Iterator[Act]:
        def put(now: datetime) -> None:
            vote = self._prepare(script, mode="consensus", majority="", now=now)
            open_vote(vote=vote, actor=self._officer("returning_officer"), now=now)

        def adopt(now: datetime) -> None:
            vote = self._vote_on(script["instrument"])
            close_vote(vote=vote, actor=self._officer("returning_officer"), now=now)
            edition = self._adopt(vote, now)
            if script["instrument"] == "founding-rules":
                self._publish(edition, now)
                agree_founding_rules(
                    assembly=self._assembly(),
                    edition=edition,
                    actor=self._officer("secretary_general"),
                    now=now,
                )

        yield moment_of(script["put_at"]), f"put {script['instrument']} to consensus", put
        yield moment_of(script["adopted_at"]), f"adopt {script['instrument']}", adopt
        if "published_at" in script:
            at = moment_of(script["published_at"])
            yield (
                at,
                f"publish {script['instrument']}",
                lambda now: self._publish(
                    Edition.objects.get(instrument__slug=script["instrument"]), now
                ),
            )

    def _vote(self, script: dict[str, Any]) -> Iterator[Act]:
        slug = script["instrument"]

        def put(now: datetime) -> None:
            vote = self._prepare(script, mode="roll_call", majority=script["majority"], now=now)
            open_vote(vote=vote, actor=self._officer("returning_officer"), now=now)

        def close(now: datetime) -> None:
            close_vote(vote=self._vote_on(slug), actor=self._officer("returning_officer"), now=now)

        def adopt(now: datetime) -> None:
            edition = self._adopt(self._vote_on(slug), now)
            self._publish(edition, now)
            if slug == "bylaws":
                admit_founding_members(
                    assembly=self._assembly(),
                    bylaws=edition,
                    actor=self._officer("secretary_general"),
                    now=now,
                )

        yield moment_of(script["opened_at"]), f"open the vote on {slug}", put
        for cast in script["casts"]:
            yield self._cast(cast, lambda: self._vote_on(slug))
        closed_at = moment_of(script["closed_at"])
        yield closed_at, f"close the vote on {slug}", close
        yield closed_at + timedelta(seconds=10), f"adopt {slug}", adopt

    def _cast(self, cast: dict[str, Any], vote: Callable[[], Vote]) -> Act:
        def say(now: datetime) -> None:
            cast_vote(
                vote=vote(),
                city=self.cities[cast["city"]],
                choice=cast["choice"],
                actor=self._delegate(cast["city"]),
                now=now,
            )

        return moment_of(cast["at"]), f"{cast['city']} votes", say

    def _prepare(self, script: dict[str, Any], *, mode: str, majority: str, now: datetime) -> Vote:
        assembly = self._assembly()
        item = assembly.agenda.filter(instrument__slug=script["instrument"]).first()
        return prepare_vote(
            assembly=assembly,
            titles=item.titles.as_dict() if item else script["question"],
            questions=script["question"],
            mode=mode,
            majority_rule=majority or RuleName.MAJORITY_ORDINARY,
            agenda_item=item,
            instrument=Instrument.objects.get(slug=script["instrument"]),
            actor=self._officer("returning_officer"),
            now=now,
        )

    def _adopt(self, vote: Vote, now: datetime) -> Edition:
        assert vote.instrument is not None
        return adopt_text(
            instrument=vote.instrument,
            vote=vote,
            actor=self._officer("secretary_general"),
            now=now,
        )

    def _publish(self, edition: Edition, now: datetime) -> None:
        publish_edition(edition=edition, actor=self._officer("secretary_general"), now=now)

    # the election

    def _election(self, script: dict[str, Any]) -> Iterator[Act]:
        officer = "returning_officer"

        def announced(now: datetime) -> None:
            announce_election(
                slug=script["slug"],
                assembly=self._assembly(),
                titles=script["title"],
                actor=self._officer(officer),
                now=now,
            )
            open_nominations(
                election=self._race(), actor=self._officer(officer), now=now, seed=LOT_SEED
            )

        yield moment_of(script["nominations_open_at"]), "open nominations", announced
        for candidate in script["candidates"]:
            yield from self._candidate(candidate)
        for number, script_round in enumerate(script["rounds"], start=1):
            yield (
                moment_of(script_round["opened_at"]),
                f"open round {number}",
                lambda now: open_round(
                    election=self._race(), actor=self._officer(officer), now=now
                ),
            )
            for cast in script_round["casts"]:
                yield self._cast(cast, lambda: self._race().rounds.get(state="open"))
            yield (
                moment_of(script_round["closed_at"]),
                f"close round {number}",
                lambda now: close_round(
                    election=self._race(), actor=self._officer(officer), now=now
                ),
            )
        yield moment_of(script["certified_at"]), "certify the election", self._certify

    def _candidate(self, script: dict[str, Any]) -> Iterator[Act]:
        slug = script["city"]

        def proposed(now: datetime) -> None:
            nominate(
                election=self._race(),
                city=self.cities[slug],
                by=self.cities[script["nominated_by"]],
                statements=script["statement"],
                actor=self._delegate(script["nominated_by"]),
                now=now,
            )

        def seconded_by(city: str) -> Callable[[datetime], Any]:
            return lambda now: second(
                nomination=self._race().nominations.get(city__slug=slug),
                by=self.cities[city],
                actor=self._delegate(city),
                now=now,
            )

        yield moment_of(script["nominated_at"]), f"{slug} is nominated", proposed
        for city, at in zip(script["seconded_by"], script["seconded_at"], strict=True):
            yield moment_of(at), f"{city} seconds {slug}", seconded_by(city)
        yield (
            moment_of(script["accepted_at"]),
            f"{slug} accepts",
            lambda now: accept_nomination(
                nomination=self._race().nominations.get(city__slug=slug),
                actor=self._delegate(slug),
                now=now,
            ),
        )

    def _certify(self, now: datetime) -> None:
        certificate = draw_up_certificate(
            election=self._race(), actor=self._officer("returning_officer"), now=now
        )
        for role in ("returning_officer", "secretary_general"):
            sign_certificate(certificate=certificate, actor=self._officer(role), now=now)
        elected = self._race().elected
        assert elected is not None
        pass_the_chair(
            assembly=self._assembly(),
            city=elected,
            actor=self._officer("secretary_general"),
            now=now,
        )

    # reading

    def _officer(self, role: str) -> Any:
        return self.people.officers[role]

    def _delegate(self, city: str) -> Any:
        return self.people.delegates[city]

    def _assembly(self) -> Assembly:
        return Assembly.objects.get(slug=self.script["slug"])

    def _race(self) -> Election:
        return Election.objects.get(slug=self.script["election"]["slug"])

    def _vote_on(self, instrument: str) -> Vote:
        return Vote.objects.select_related("instrument").get(instrument__slug=instrument)


def network_is_empty() -> bool:
    """Whether nothing was ever done in this database: no network, no people, no act."""
    return not any(
        model.objects.exists() for model in (Network, User, City, Instrument, AuditEntry)
    )
