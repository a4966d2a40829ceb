"""The people and the things of the access matrix: everybody asks for the same city's things.

`Everybody()` makes them in the running transaction. Each kind of person signed in a moment
ago, with a second factor, except those who are there to have none.
"""

from __future__ import annotations

import copy
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    Locale,
    Page,
    PageViewRestriction,
    Site,
    Workflow,
    WorkflowTask,
)
from wagtail.users.models import UserProfile

from cms.models import HomePage
from cms.services.site import found_site
from members.models import (
    Application,
    City,
    MemberImport,
    Membership,
    PrivateFile,
    SecondFactorReset,
)
from members.models.files import FilePurpose
from members.models.resets import IdentityCheck
from members.policies import mandates_in_force, office_policy
from members.services.applications import Applicant, apply_to_join, status_key
from members.services.contributions import ClassTerms, draw_up_contributions
from members.services.files import store_file
from members.services.imports import open_import
from members.services.invitations import invite, token_of
from members.services.office import group_name
from resolutions.models import Amendment
from resolutions.services.drafting_room import name_drafting_city
from secretariat.kernel import clock
from secretariat.kernel.models import User
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.admin.groups import ensure_office_groups
from tests.cms.factories import make_practice
from tests.factories import (
    NOW,
    CityFactory,
    MandateFactory,
    NetworkFactory,
    OfficeRoleFactory,
    UserFactory,
    city_person,
    office_person,
)
from tests.members.papers import NEW_HEAD, recorded, scan
from tests.resolutions.declarations import opened
from tests.resolutions.stage import Stage

CITY_ROLES: Final = ("head", "voting_delegate", "alternate", "editor", "observer")
OFFICE_ROLES: Final = (
    "secretary_general",
    "returning_officer",
    "registrar",
    "librarian",
    "auditor",
)
GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    ("public",),
    tuple(f"own {role}" for role in CITY_ROLES),
    tuple(f"another city's {role}" for role in CITY_ROLES),
    OFFICE_ROLES,
    ("ended mandate", "ended office role", "no role", "suspended city"),
    ("delegate without second factor", "officer without second factor"),
)
"""The kinds of person, in the groups in which the table writes their outcomes."""

SOME: Final[tuple[tuple[str, ...], ...]] = (
    ("public",),
    ("own head",),
    ("secretary_general", "librarian"),
)
"""Those who ask by the rarer methods, too."""

WITHOUT_FACTOR: Final = frozenset(GROUPS[-1])
PEOPLE: Final = tuple(person for group in GROUPS for person in group)


@dataclass(frozen=True)
class Asker:
    """One kind of person: account (None: signed out), session, and whose things are asked for."""

    person: User | None
    session: dict[str, Any]
    city: City

    def account(self) -> User | None:
        """The account as a request gets it. What policies remember with it stays warm."""
        return copy.copy(self.person)


class Everybody:
    """One person of each kind, and one thing of each kind of `alpha` and of a suspended city."""

    def __init__(self) -> None:
        network = NetworkFactory(demonstration=True)
        found_site(network=network, now=NOW)
        ensure_office_groups()
        self.stage = Stage()
        self.alpha, self.beta = self.stage.cities["alpha"], self.stage.cities["beta"]
        self.suspended = CityFactory(slug="suspended", code="ZZZ", names={"ko": "정지시"})
        Membership.objects.create(city=self.suspended, kind="suspended", starts_on="2018-01-01")
        self.vote = self.stage.open_vote()
        self.election = self.stage.nominating()
        self.draft = self.stage.drafted("paper")
        self.declaration = opened(self.stage)
        self.people = dict(self._people())
        librarians = Group.objects.get(name=group_name("librarian"))
        draw_up_contributions(
            year=2018,
            classes=[ClassTerms(code="A", population_from=0, amount=Decimal(100))],
            currency="KRW",
            due_on=NOW.date(),
            actor=self.stage.registrar,
            now=NOW,
        )
        self.office = OfficeThings(librarians, self.stage.secretary)
        self.things = {city.slug: Things(city, self) for city in (self.alpha, self.suspended)}

    def asker(self, kind: str) -> Asker:
        person = self.people[kind]
        city = self.suspended if kind == "suspended city" else self.alpha
        if person is None:
            return Asker(None, {}, city)
        _warm(person)
        return Asker(person, _session(person, factor=kind not in WITHOUT_FACTOR), city)

    def _people(self) -> Iterator[tuple[str, User | None]]:
        yield "public", None
        for role in CITY_ROLES:
            yield f"own {role}", city_person(role, city=self.alpha, rank=9)
            yield f"another city's {role}", city_person(role, city=self.beta, rank=9)
        for role in OFFICE_ROLES:
            yield role, office_person(role)
        ended = NOW - timedelta(days=1)
        yield "ended mandate", MandateFactory(city=self.alpha, role="head", ends_at=ended).person
        yield "ended office role", OfficeRoleFactory(ends_at=ended).person
        yield "no role", UserFactory()
        yield "suspended city", city_person("head", city=self.suspended)
        yield "delegate without second factor", city_person("head", city=self.alpha, rank=8)
        yield "officer without second factor", office_person("secretary_general")


class Things:
    """One of each kind of thing that an address may name, by the name of the kind."""

    def __init__(self, city: City, everybody: Everybody) -> None:
        self.city = city
        stage, office = everybody.stage, everybody.office
        practice = make_practice(f"of-{city.slug}", city=city, live=False, summary="요약")
        mandate = MandateFactory(city=city, role="editor")
        file = _file(city)
        coming = invite(
            city=city, email="coming@example.org", role="observer", actor=SYSTEM, now=NOW
        )
        letter = recorded(
            "head",
            city,
            {**NEW_HEAD, "name": "담당자"},
            actor=stage.registrar,
            now=NOW,
            signed_by="시장",
            reference="17",
        )
        name_drafting_city(instrument=everybody.draft, city=city, actor=stage.secretary, now=NOW)
        self.named: dict[str, Any] = {
            **office.named,
            "amendment": _amendment(city, stage, number=None).uuid,
            "amendment number": _amendment(city, stage, number=1).number,
            "other number": _amendment(city, stage, number=2).number,
            "assembly": stage.assembly.slug,
            "city": city.slug,
            "city key": city.pk,
            "declaration": everybody.declaration.instrument.slug,
            "edition": 1,
            "election": everybody.election.slug,
            "file": file.uuid,
            "instrument": everybody.draft.slug,
            "invitation": token_of(coming),
            "letter": letter.uuid,
            "mandate": mandate.pk,
            "mandate uuid": mandate.uuid,
            "practice": practice.pk,
            "practice revision": practice.save_revision(user=everybody.stage.secretary).pk,
            "practice slug": practice.slug,
            "provision": "art1",
            "text": stage.bylaws.instrument.slug,
            "vote": everybody.vote.slug,
            "width": 320,
        }


class OfficeThings:
    """What the office keeps that is no city's."""

    def __init__(self, librarians: Group, clerk: User) -> None:
        about = Page.objects.get(slug="about", locale__language_code="ko").specific
        home = HomePage.objects.get(locale__language_code="ko")
        workflow = Workflow.objects.create(name="검토")
        task = GroupApprovalTask.objects.create(name="사서 검토")
        task.groups.add(librarians)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        revision = about.save_revision(user=clerk)
        state = workflow.start(about, clerk)
        account, role = UserFactory(), OfficeRoleFactory(role="auditor")
        application, imported, reset = _papers(account, clerk)
        restriction = PageViewRestriction.objects.create(
            page=home.get_children().get(slug="accessibility"), restriction_type="login"
        )
        self.named: dict[str, Any] = {
            "account": account.pk,
            "account uuid": account.uuid,
            "application": application.uuid,
            "application key": status_key(application),
            "collection": Collection.get_first_root_node().add_child(name="모음").pk,
            "document": Document.objects.create(
                title="문서", file=ContentFile(b"words", name="words.txt")
            ).pk,
            "group": librarians.pk,
            "home": home.pk,
            "import": imported.uuid,
            "image": Image.objects.create(
                title="사진", file=ContentFile(_picture(), name="picture.png")
            ).pk,
            "locale": Locale.objects.get(language_code="en").pk,
            "office role": role.pk,
            "page": about.pk,
            "redirect": Redirect.objects.create(old_path="/old", redirect_link="/ko/").pk,
            "restriction": restriction.pk,
            "reset": reset.uuid,
            "revision": revision.pk,
            "site": Site.objects.get().pk,
            "task": task.pk,
            "task state": state.current_task_state.pk,
            "workflow": workflow.pk,
            "workflow state": state.pk,
        }


def _papers(person: User, clerk: User) -> tuple[Application, MemberImport, SecondFactorReset]:
    """An application to join, a table brought for import, a request to reset a second factor."""
    applicant = Applicant(
        sought="member",
        body="city",
        names={"ko": "지원시", "en": "Applicant"},
        country="KR",
        region="asia",
        language="ko",
        contact_name="담당자",
        contact_email="contact@example.org",
    )
    return (
        apply_to_join(applicant=applicant, letter=scan(), now=NOW),
        open_import(file=io.BytesIO(b"code\n"), name="cities.csv", actor=clerk, now=NOW),
        SecondFactorReset.objects.create(
            person=person,
            reason="분실",
            check_made=IdentityCheck.values[0],
            check_note="확인함",
            asked_by=clerk,
            asked_at=NOW,
        ),
    )


def _picture() -> bytes:
    content = io.BytesIO()
    Picture.new("RGB", (8, 8), "white").save(content, "PNG")
    return content.getvalue()


def _amendment(city: City, stage: Stage, *, number: int | None) -> Amendment:
    """An amendment to the bylaws that changes nothing: the city's draft, or a filed one."""
    given: dict[str, Any] = {
        "instrument": stage.bylaws.instrument,
        "edition": stage.bylaws,
        "base_sha256": stage.bylaws.sha256,
        "created_at": NOW,
        "changed_at": NOW,
    }
    if number is None:
        return Amendment.objects.create(proposer=city, **given)
    row, _created = Amendment.objects.get_or_create(
        instrument=given.pop("instrument"),
        number=number,
        defaults={**given, "proposer": city, "state": "admitted", "filed_at": NOW},
    )
    return row


def _file(city: City) -> PrivateFile:
    image = SimpleUploadedFile("letter.png", _picture())
    return store_file(upload=image, purpose=FilePurpose.LETTER, city=city, actor=SYSTEM, now=NOW)


def _warm(person: User) -> None:
    """Let the person be asked about rights once, not once for every address."""
    now = clock.now()
    office_policy.roles(person, now)
    mandates_in_force(person, now)
    person.get_all_permissions()
    UserProfile.get_for_user(person)


def _session(person: User, *, factor: bool) -> dict[str, Any]:
    """What the session holds after `person` signed in a moment ago."""
    moment = {"at": time.time(), "reauthenticated": True}
    used: list[dict[str, Any]] = [{"method": "password", "email": person.email, **moment}]
    if factor:
        totp = TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
        used.append({"method": "mfa", "id": totp.instance.pk, "type": "totp", **moment})
    return {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        HASH_SESSION_KEY: person.get_session_auth_hash(),
        AUTHENTICATION_METHODS_SESSION_KEY: used,
        "account_authentication_methods_user": str(person.pk),
    }
