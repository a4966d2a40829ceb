"""Which tests this machine cannot run, and the closing lines that name them.

A test marked `postgres` proves nothing on SQLite and is deselected there: `make test-postgres`
runs it. One marked `browser` needs chromium; without it, it is deselected and named or, when
`CI=true`, it fails. With `CI=true` a skipped test fails the run as well, but for those that
try reference texts, which are not part of the project.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_POSTGRES = "PostgreSQL is not the database: make test-postgres runs them"
NO_BROWSER = "chromium is missing: apt-get install chromium fonts-noto-cjk"

NO_REFERENCE = "the reference folder is not beside the project"

NOT_RUN = pytest.StashKey[dict[str, list[str]]]()


def in_ci() -> bool:
    """Whether nothing may be left out."""
    return os.environ.get("CI") == "true"


def browser_path() -> str | None:
    """The browser that journeys are driven in, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def uses_postgres() -> bool:
    """Whether the tests' database is PostgreSQL."""
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("postgresql")


def reason_not_to_run(item: pytest.Item) -> str | None:
    """Why this machine cannot run a test, or None."""
    if item.get_closest_marker("postgres") and not uses_postgres():
        return NO_POSTGRES
    if item.get_closest_marker("browser") and browser_path() is None:
        return NO_BROWSER
    return None


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOT_RUN] = {}
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(FromWorkers(config))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # After -m and -k, so that only what was asked for is named.
    not_run = config.stash[NOT_RUN]
    kept, left_out = [], []
    for item in items:
        reason = reason_not_to_run(item)
        if reason is None or (reason == NO_BROWSER and in_ci()):
            kept.append(item)
            continue
        left_out.append(item)
        not_run.setdefault(reason, []).append(item.nodeid)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if in_ci() and reason_not_to_run(item) == NO_BROWSER:
        pytest.fail(f"CI=true, and {NO_BROWSER}", pytrace=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["not_run"] = session.config.stash[NOT_RUN]
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if in_ci() and reporter is not None and wrongly_skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def wrongly_skipped(reporter: Any) -> int:
    """How many tests were skipped, but for those that try reference texts."""
    skipped = reporter.stats.get("skipped", [])
    return sum(1 for report in skipped if NO_REFERENCE not in str(report.longrepr))


class FromWorkers:
    """Takes what the workers of xdist left out; each collects the same tests."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        self.config.stash[NOT_RUN].update(getattr(node, "workeroutput", {}).get("not_run", {}))


def closing_lines(not_run: dict[str, list[str]], skipped: int) -> Iterator[str]:
    """One line for each reason, naming the files."""
    for reason, names in sorted(not_run.items()):
        files = ", ".join(sorted({name.split("::")[0] for name in names}))
        yield f"NOT RUN: {len(names)} tests ({reason}): {files}"
    if skipped and in_ci():
        yield f"FAILED: {skipped} tests were skipped, and CI=true allows none"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped = wrongly_skipped(terminalreporter)
    for line in closing_lines(config.stash[NOT_RUN], skipped):
        terminalreporter.write_line(line, yellow=True)
