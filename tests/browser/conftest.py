"""The served demonstration and the browser that tests look at it with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.running import ROOT, Site, prepare_once, serve
from tests.not_run import browser_path

BROWSER_OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PICTURES = ROOT / "var" / "screenshots"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Of several workers the first begins to prepare the demonstration before it is needed."""
    needed = any(item.get_closest_marker("browser") for item in session.items)
    if needed and os.environ.get("PYTEST_XDIST_WORKER") == "gw0":
        folder = _demonstration(session.config._tmp_path_factory)  # type: ignore[attr-defined]
        Thread(target=_prepare, args=[folder], daemon=True).start()


def _prepare(folder: Path) -> None:
    with suppress(AssertionError):  # whoever needs the demonstration says what failed
        prepare_once(folder)


def _demonstration(temporary: pytest.TempPathFactory) -> Path:
    """The folder that all workers share."""
    base = temporary.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    return shared / "demonstration"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration as `make run` leaves it, prepared once for all workers."""
    return prepare_once(_demonstration(tmp_path_factory))


@pytest.fixture(scope="session")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served demonstration for those who only read."""
    with serve(prepared, tmp_path_factory.mktemp("reading") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def shared_site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One in which several journeys act, each on things that no other touches."""
    with serve(prepared, tmp_path_factory.mktemp("shared") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def own_site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served demonstration in which the tests of one file may act."""
    with serve(prepared, tmp_path_factory.mktemp("acting") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser; people are told apart by their contexts.

    Of one file only: while it is open an event loop runs, in which Django asks no database.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes a page in a context of its own: one person at one machine."""
    contexts: list[BrowserContext] = []

    def arrive(**options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(20_000)
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the pictures of the journeys are kept; not tracked."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES


@pytest.fixture(scope="session")
def album(pictures: Path) -> Path | None:
    """Where each page that is looked at gets its picture, with `PICTURES=1`; no test reads them."""
    return pictures if os.environ.get("PICTURES") else None
