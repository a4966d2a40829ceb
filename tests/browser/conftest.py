"""The served demonstration and the browser that tests look at it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.running import ROOT, Site, prepare_once, serve
from tests.not_run import browser_path

BROWSER_OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PICTURES = ROOT / "var" / "screenshots"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration as `make run` leaves it, prepared once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    return prepare_once(shared / "demonstration")


@pytest.fixture(scope="session")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served demonstration for those who only read."""
    with serve(prepared, tmp_path_factory.mktemp("reading") / "data") as running:
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
def pictures(pytestconfig: pytest.Config) -> Path:
    """Where screenshots are kept; not tracked."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES
