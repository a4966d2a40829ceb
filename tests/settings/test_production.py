"""Production starts with its secrets and outside the demonstration, or not at all."""

import os
import subprocess
import sys

import pytest

from tests.architecture.project import ROOT

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "secretariat.settings.production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "DATABASE_URL": "postgres://network:password@127.0.0.1:5432/network",
    "ALLOWED_HOSTS": "network.example.org",
    "PUBLIC_URL": "https://network.example.org",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
}
PRINT = """
from django.conf import settings as s
print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,
      s.EMAIL_HOST, s.EMAIL_USE_TLS, s.DATABASES["default"]["NAME"])
"""


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Loads production's settings in a process of its own; None takes a variable away."""
    variables = {"PATH": os.environ["PATH"], **COMPLETE}
    for name, value in changes.items():
        variables.pop(name, None)
        if value is not None:
            variables[name] = value
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_when_everything_is_there() -> None:
    outcome = start()
    assert (outcome.returncode, outcome.stdout.split()) == (
        0,
        ["False", "True", "True", "True", "mail.example.org", "True", "network"],
    ), outcome.stderr


@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "DJANGO_SETTINGS_MODULE"])
def test_it_refuses_to_start_without(name: str) -> None:
    outcome = start(**{name: None})
    assert outcome.returncode != 0
    assert f"production needs {name} in the environment" in outcome.stderr


def test_it_refuses_a_weak_secret() -> None:
    outcome = start(SECRET_KEY="short")
    assert outcome.returncode != 0
    assert "SECRET_KEY is too weak" in outcome.stderr


def test_it_refuses_to_serve_the_demonstration() -> None:
    outcome = start(DEMONSTRATION="true")
    assert outcome.returncode != 0
    assert "DEMONSTRATION is set" in outcome.stderr
