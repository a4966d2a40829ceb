"""What is left out is named; nothing is left out silently."""

import pytest

from tests import not_run

pytest_plugins = ["pytester"]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Three tests: one for every machine, one for a browser, one for PostgreSQL."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makeini(
        "[pytest]\nmarkers =\n  browser: a browser\n  postgres: PostgreSQL\n"
        "addopts = -p no:django -p no:cacheprovider\n"
    )
    pytester.makeconftest("pytest_plugins = ['tests.not_run']")
    pytester.makepyfile(
        test_things="""
        import pytest
        def test_anywhere(): pass
        @pytest.mark.browser
        def test_journey(): pass
        @pytest.mark.postgres
        def test_race(): pass
        """
    )
    return pytester


def test_the_closing_lines_name_what_was_left_out(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(not_run, "BROWSERS", ())
    monkeypatch.setattr(not_run, "uses_postgres", lambda: False)
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.fnmatch_lines(
        [
            f"NOT RUN: 1 tests ({not_run.NO_POSTGRES}): test_things.py",
            f"NOT RUN: 1 tests ({not_run.NO_BROWSER}): test_things.py",
            "*1 passed, 2 deselected*",
        ]
    )


def test_everything_runs_where_everything_is_there(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(not_run, "BROWSERS", ("sh",))
    monkeypatch.setattr(not_run, "uses_postgres", lambda: True)
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=3)
    result.stdout.no_fnmatch_line("NOT RUN*")


def test_ci_fails_without_a_browser(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(not_run, "BROWSERS", ())
    monkeypatch.setattr(not_run, "uses_postgres", lambda: True)
    suite.runpytest_inprocess().assert_outcomes(passed=2, errors=1)


def test_ci_fails_on_a_skipped_test(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(not_run, "BROWSERS", ("sh",))
    monkeypatch.setattr(not_run, "uses_postgres", lambda: True)
    suite.makepyfile(test_more="import pytest\ndef test_later(): pytest.skip('later')")
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAILED: 1 tests were skipped, and CI=true allows none"])
