"""A large network: the office's lists, a desk, permissions, standing, and a long import.

13,000 cities, 40,000 people, 60,000 mandates and 100,000 practices (`BENCH_CITIES` makes fewer).
Beside each list of ours stands Wagtail's stock snippet list over the same rows, read in turn with
it; beside the policy, Django's own question to guardian's backend. docs/how-to/measure.md.
"""

from __future__ import annotations

import gc
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext, _TestState
from django.urls import reverse
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import Practice
from cms.services.site import found_site
from members.models import City, Contribution, Mandate, Membership
from members.models.cities import MembershipKind
from members.models.contributions import ContributionClass
from members.policies import CityAction, city_policy
from members.rules.member_table import BY_NAME, Value
from members.rules.standing import ArrearsRule
from members.selectors.standing import standings
from members.services.imports import apply_import, open_import, read_import
from members.services.mandates import sweep_grants
from members.tables.writing import csv_lines
from secretariat.kernel import clock, tasks
from secretariat.kernel.models import Network, User
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.made_network import TRAVELLER, make_network
from tests.architecture.project import ROOT
from tests.factories import NOW, OfficeRoleFactory, UserFactory
from tests.workspace.hands import sign_in

CITIES = int(os.environ.get("BENCH_CITIES", "13000"))
CONTACTS = CITIES * 40 // 13
ROUNDS = 31
MOST_QUERIES = 15
MOST_MILLISECONDS = 200
STANDING_SECONDS = 2
IMPORT_SECONDS = 90
WRITE_SECONDS = 5


class CityPeer(SnippetViewSet):
    model = City
    list_display = ["__str__", "code", "country", "region"]
    list_per_page = 30  # as many as ours
    permission_policy = ModelPermissionPolicy(City)


class MandatePeer(SnippetViewSet):
    model = Mandate
    list_display = ["person", "city", "role", "rank", "starts_at", "ends_at", "accredited_at"]
    list_per_page = 30
    permission_policy = ModelPermissionPolicy(Mandate)


for peer in (CityPeer, MandatePeer):
    register_snippet(peer)


class _Worker:
    def enqueue(self, message: int) -> None:
        """Done elsewhere."""


# ── a network of that size ──────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, float]]:
    """The rows, outside any test's transaction; emptied at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "deliver_message", _Worker())  # no search index is built
        began, busy = time.perf_counter(), time.process_time()
        made = make_network(cities=CITIES, seed=1, now=NOW)
        took = time.perf_counter() - began
        busy = time.process_time() - busy
        say(f"{connection.vendor}: made {made.as_json()} in {took:.0f} s, own work {busy:.0f} s")
        found_site(network=Network.objects.get(), now=NOW)
        analyse()
        gc.collect()
        gc.freeze()  # what making left behind is no part of a page's cost
        yield {"made": took}
        call_command("flush", interactive=False, verbosity=0)


def analyse() -> None:
    """What the database does by itself in the hours after a large change."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def say(line: str) -> None:
    print(f"  {line} [load {os.getloadavg()[0]:.1f}]", flush=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page costs: queries once warm; milliseconds in the middle, at the 95th of 100, and
    of this process's own work, which other programs on the machine do not lengthen much."""

    queries: int
    p50: float
    p95: float
    work: float

    def __str__(self) -> str:
        return (
            f"{self.queries} queries, p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms, "
            f"own work {self.work:.0f} ms"
        )


def costs(**pages: Callable[[int], Any]) -> dict[str, Cost]:
    """The costs of several pages, asked in turn, so that they bear the same load."""
    queries: dict[str, int] = {}
    times: dict[str, list[float]] = {name: [] for name in pages}
    work: dict[str, list[float]] = {name: [] for name in pages}
    for name, ask in pages.items():
        ask(1)
        with CaptureQueriesContext(connection) as captured:
            ask(1)
        queries[name] = len(captured)
    for number in range(1, ROUNDS + 1):
        for name, ask in pages.items():
            began, busy = time.perf_counter(), time.process_time()
            ask(number)
            work[name].append((time.process_time() - busy) * 1000)
            times[name].append((time.perf_counter() - began) * 1000)
    return {
        name: Cost(
            queries[name],
            statistics.median(own),
            statistics.quantiles(own, n=20, method="inclusive")[18],
            statistics.median(work[name]),
        )
        for name, own in times.items()
    }


def page(client: Client, address: str) -> Callable[[int], Any]:
    """Asks for the n-th page of a list."""

    def ask(number: int) -> None:
        with clock.held_at(NOW):
            answer = client.get(address, {"p": number, "page": number})
        assert answer.status_code == 200, (address, answer.status_code)

    return ask


def browser_of(person: User) -> Client:
    client = Client()
    sign_in(client, person)
    return client


@pytest.fixture(autouse=True)
def _templates_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test client copies every context that a template sees, which a server does not."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


@pytest.fixture
def office(large: dict[str, float], db: None) -> Client:
    """Somebody who sees our lists by an office role, and Wagtail's as its superuser."""
    person = UserFactory(is_superuser=True, is_staff=True)
    for role in ("secretary_general", "librarian"):
        OfficeRoleFactory(person=person, role=role)
    return browser_of(person)


def check(ours: Cost, peer: Cost | None = None) -> None:
    assert ours.queries <= MOST_QUERIES
    if CITIES >= 13_000:
        assert ours.p95 < MOST_MILLISECONDS
    if peer is not None:
        assert ours.p50 <= peer.p50


# ── lists and pages ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "peer"), [("office-city:index", CityPeer), ("office-mandate:index", MandatePeer)]
)
def test_the_lists_of_the_office(office: Client, name: str, peer: type[ModelViewSet]) -> None:
    stock = f"wagtailsnippets_members_{peer.model._meta.model_name}:list"
    found = costs(ours=page(office, reverse(name)), peer=page(office, reverse(stock)))
    for who, cost in found.items():
        say(f"{peer.model._meta.model_name} list, {who}: {cost}")
    check(found["ours"], found["peer"])


def test_the_library_of_the_librarian(office: Client) -> None:
    """Wagtail's own snippet list with our columns: what the next one is measured against."""
    found = costs(stock=page(office, reverse("wagtailsnippets_cms_practice:list")))
    say(f"practice list of the admin: {found['stock']}")
    assert found["stock"].queries <= 90


def editor_of_one_city() -> User:
    """Somebody with a mandate of one city only, to write its practices."""
    mandates = Mandate.objects.filter(role="head", ends_at=None, person__mandates__role="editor")
    person: User = mandates.order_by("pk").select_related("person")[5].person
    return person


def desk_address(name: str, city: City) -> str:
    from django.utils import translation

    with translation.override("ko"):
        return reverse(f"workspace:{name}", args=[city.slug])


def test_the_desk_and_its_practices(office: Client) -> None:
    one, many = editor_of_one_city(), User.objects.get(email=TRAVELLER)
    own = one.mandates.filter(role="head").select_related("city")[0].city
    first = many.mandates.select_related("city").order_by("pk")[0].city
    with_one, with_many = browser_of(one), browser_of(many)
    found = costs(
        desk_of_one=page(with_one, desk_address("city_desk", own)),
        desk_of_200=page(with_many, desk_address("city_desk", first)),
        practices_of_one=page(with_one, desk_address("practices", own)),
        practices_of_200=page(with_many, desk_address("practices", first)),
        stock=page(office, reverse("wagtailsnippets_cms_practice:list")),
    )
    for name, cost in found.items():
        say(f"{name}: {cost}")
    for name in ("desk_of_one", "desk_of_200"):
        check(found[name])
    for name in ("practices_of_one", "practices_of_200"):
        check(found[name], found["stock"])


# ── permissions and standing ────────────────────────────────────────────────────────────────


def test_a_question_of_permission(large: dict[str, float], db: None) -> None:
    asked = {"1 city": editor_of_one_city(), "200 cities": User.objects.get(email=TRAVELLER)}
    for who, person in asked.items():
        mandate = person.mandates.filter(role="editor", ends_at=None).select_related("city")[0]
        action, city = CityAction.EDIT_PRACTICES, mandate.city

        def ask(person: User, action: CityAction = action, city: City = city) -> bool:
            return city_policy.may(person, action, city, NOW)

        def ask_django(person: User, action: CityAction = action, city: City = city) -> bool:
            return bool(person.has_perm(f"members.{action.value}", city))

        for name, question in (("ours", ask), ("has_perm", ask_django)):
            cold, warm, times = [], [], []
            for _round in range(ROUNDS):
                fresh = User.objects.get(pk=person.pk)
                began = time.perf_counter()
                with CaptureQueriesContext(connection) as captured:
                    assert question(fresh)
                times.append((time.perf_counter() - began) * 1000)
                cold.append(len(captured))
                with CaptureQueriesContext(connection) as captured:
                    assert question(fresh)
                warm.append(len(captured))
            say(
                f"permission, person with {who}, {name}: {max(cold[1:])} queries cold, "
                f"{max(warm)} warm, {statistics.median(times):.1f} ms cold"
            )
            if name == "ours":
                assert max(cold[1:]) <= 2
                assert max(warm) == 0


def test_standing_of_all_members_in_one_pass(large: dict[str, float], db: None) -> None:
    members = Membership.objects.filter(kind=MembershipKind.MEMBER, ends_on=None)
    for year in (2017, 2018):
        owed = ContributionClass.objects.create(
            year=year, code="A", amount=1_000, currency="KRW", due_on=date(year, 3, 31)
        )
        Contribution.objects.bulk_create(
            Contribution(city_id=city, year=year, of_class=owed, drawn_up_at=NOW)
            for city in members.values_list("city_id", flat=True)
        )
    for name, rule in (("memberships", None), ("two unpaid contributions", ArrearsRule(limit=2))):
        with CaptureQueriesContext(connection) as captured:
            began, busy = time.perf_counter(), time.process_time()
            found = standings(on=date(2018, 12, 12), arrears=rule)
            took, busy = time.perf_counter() - began, time.process_time() - busy
        voting = sum(one.may_vote for one in found.values())
        say(
            f"standing by {name}: {len(found)} cities, {voting} may vote, {len(captured)} queries, "
            f"{took:.2f} s, own work {busy:.2f} s"
        )
        assert took < STANDING_SECONDS


def test_the_sweep_and_the_check(large: dict[str, float], db: None) -> None:
    began = time.perf_counter()
    assert sweep_grants(now=NOW) == 0
    swept = time.perf_counter()
    with clock.held_at(NOW):
        call_command("check_grants", stdout=io.StringIO())
    took = time.perf_counter() - swept
    held = Permission.objects.filter(codename="see_desk").count()
    assert held == 1
    say(f"sweep of all permissions {swept - began:.1f} s, check_grants {took:.1f} s")


# ── import ──────────────────────────────────────────────────────────────────────────────────


def table_of(cities: int, contacts: int) -> Iterator[list[Value]]:
    """Rows of a table of new member cities, their contacts spread over them evenly."""
    for number in range(cities):
        city: dict[str, Value] = {
            "slug": f"city-{number}",
            "code": "".join(chr(65 + number // 26**place % 26) for place in (2, 1, 0)),
            "name_ko": f"도시 {number}",
            "name_en": f"City {number}",
            "description_ko": "일하는 사람의 권리를 지킵니다.",
            "description_en": "It stands for the rights of those who work.",
            "body": "city",
            "country": "KR",
            "region": "asia",
            "latitude": f"{number % 90}.50000",
            "longitude": f"{number % 180}.25000",
            "population": 10_000 + number,
            "website": f"https://city-{number}.example/",
            "membership": "member",
            "member_since": "2018-01-01",
            "decision": "vote:founding",
        }
        for place, contact in enumerate(range(number, contacts, cities)):
            person: dict[str, Value] = {
                "contact_name": f"국제 담당 {contact}",
                "contact_position": "국제협력과",
                "contact_email": f"contact-{contact}@city-{number}.example",
                "contact_phone": f"+82 2 {contact}",
                "contact_language": "ko",
            }
            said = {**city, **person} if place == 0 else {"slug": city["slug"], **person}
            yield [said.get(name) for name in BY_NAME]


def write_table(path: Path, cities: int, contacts: int) -> Path:
    with path.open("wb") as file:
        for line in csv_lines(table_of(cities, contacts), language="ko"):
            file.write(line.encode())
    return path


def database_address() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    given = os.environ["DATABASE_URL"]
    front, _slash, rest = given.rpartition("/")
    _name, mark, options = rest.partition("?")
    return f"{front}/{settings['NAME']}{mark}{options}"


COMMAND = """
import sys
from django.core.management import execute_from_command_line
try:
    execute_from_command_line(["manage.py", *sys.argv[1:]])
finally:
    print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""
"""A command that tells the most memory it had; what the system keeps for a child begins with
its parent's."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took: seconds, seconds of its own work, and the most memory in MB."""

    seconds: float
    work: float
    memory: float

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s (own work {self.work:.0f} s), {self.memory:.0f} MB"


def run(*command: str) -> tuple[dict[str, Any], Ran]:
    """A command in a process of its own: its document, and what it took."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "secretariat.settings.test",
        "DATABASE_URL": database_address(),
    }
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *command, "--json"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        said, _line, memory = process.stdout.read().rpartition(b"VmHWM:")
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    assert process.returncode == 0, said[-2_000:]
    return json.loads(said), Ran(took, used.ru_utime + used.ru_stime, int(memory.split()[0]) / 1024)


WRITER = """
import os, sys, time
import django
django.setup()
from django.db import connection, transaction
from secretariat.kernel.models import Network
longest, count = 0.0, 0
print("ready", flush=True)
while not os.path.exists(sys.argv[1]):
    began = time.perf_counter()
    with transaction.atomic():
        Network.objects.filter(pk=1).update(office_name_en=str(count))
    longest, count = max(longest, time.perf_counter() - began), count + 1
    time.sleep(0.02)
print(longest, count)
"""


@contextmanager
def somebody_writing(stop: Path) -> Iterator[Callable[[], tuple[float, int]]]:
    """Another process that writes all the while; gives its longest wait, and how often it wrote."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "secretariat.settings.test",
        "DATABASE_URL": database_address(),
    }
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(stop)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        def ended() -> tuple[float, int]:
            stop.touch()
            out, _errors = process.communicate(timeout=60)
            longest, count = out.split()
            return float(longest), int(count)

        yield ended


@pytest.fixture
def register(transactional_db: None) -> None:
    """An empty register that other processes see."""
    call_command("flush", interactive=False, verbosity=0)
    Network.objects.create(pk=1, name_ko="시험", name_en="Test", established_at=NOW)
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("register")
def test_a_long_import_by_command(tmp_path: Path) -> None:
    small = write_table(tmp_path / "small.csv", CITIES // 10, CONTACTS // 10)
    table = write_table(tmp_path / "table.csv", CITIES, CONTACTS)
    _document, tenth = run("import_members", str(small), "--dry-run")
    say(f"{connection.vendor}: dry run of a tenth: {tenth}")
    document, shown = run("import_members", str(table), "--dry-run")
    assert document["counts"] == {"refused": 0, "new": CONTACTS, "changed": 0, "same": 0}
    say(f"dry run of {CITIES} cities and {CONTACTS} contacts: {shown}")
    document, written = run("import_members", str(table))
    assert document["written"]
    say(f"the same, read and written: {written}")
    document, again = run("import_members", str(table))
    assert document["counts"]["same"] == CONTACTS
    say(f"again, all the same: {again}")
    out = tmp_path / "out.xlsx"
    document, took = run("export_members", str(out))
    say(f"export of {document['rows']} rows as XLSX: {took}")
    document, took = run("import_members", str(out), "--dry-run")
    assert document["counts"]["same"] == CONTACTS
    say(f"the same read back from XLSX: {took}")
    assert max(shown.seconds, written.seconds) < IMPORT_SECONDS


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("register")
def test_nobody_waits_for_a_long_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "deliver_message", _Worker())  # the worker is another process
    table = write_table(tmp_path / "table.csv", CITIES, CONTACTS)
    with somebody_writing(tmp_path / "stop") as ended, table.open("rb") as file:
        began = time.perf_counter()
        found = open_import(file=file, name="table.csv", actor=SYSTEM, now=NOW)
        found = read_import(member_import=found, actor=SYSTEM, now=NOW)
        read, busy = time.perf_counter(), time.process_time()
        apply_import(
            member_import=found, digest=found.sha256, actor=SYSTEM, now=NOW, keep_rows=True
        )
        written, busy = time.perf_counter(), time.process_time() - busy
        longest, count = ended()
    assert City.objects.count() == CITIES
    say(
        f"{connection.vendor}: read {read - began:.1f} s, the write transaction "
        f"{written - read:.1f} s (own work {busy:.1f} s); another process wrote {count} times "
        f"meanwhile and waited {longest:.2f} s at most"
    )
    if CITIES >= 13_000:
        assert written - read < WRITE_SECONDS


def test_the_library_is_as_large_as_it_says(large: dict[str, float], db: None) -> None:
    assert list(islice(Practice.objects.values_list("pk", flat=True), 1))
    assert Practice.objects.count() == CITIES * 100 // 13
