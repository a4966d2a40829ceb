"""compose.yaml and the image, as far as a machine without Docker can check them."""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from django.core.management import load_command_class

from tests.architecture.project import ROOT
from tests.architecture.test_settings import documented

COMPOSE_TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "secretariat/deployment/Dockerfile").read_text()

VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|EMAIL_URL")
CREDENTIALS = re.compile(r"://[^:/@\s]+:([^@\s]+)@")
LONG_RUNNING = {"web", "worker", "clock", "database", "elasticsearch", "proxy"}

VALUES = {
    "DOMAIN": "network.example.org",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "POSTGRES_PASSWORD": "letters1",
    "ELASTIC_PASSWORD": "letters2",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "office@example.org",
}


def filled_in(value: str) -> str:
    """A value of compose.yaml with its variables replaced, as compose would."""

    def replace(match: re.Match[str]) -> str:
        name, rest = match.groups()
        if name in VALUES:
            return VALUES[name]
        assert rest.startswith(":-"), f"{name} has neither a value nor a default"
        return rest[2:]

    return VARIABLE.sub(replace, value)


def test_the_services_are_there() -> None:
    assert set(SERVICES) == LONG_RUNNING | {"prepare"}


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_every_service_restarts_and_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]


def test_what_runs_the_platform_waits_for_what_it_needs() -> None:
    expected = {
        "database": {"condition": "service_healthy"},
        "elasticsearch": {"condition": "service_healthy"},
        "prepare": {"condition": "service_completed_successfully"},
    }
    for name in ("web", "worker", "clock"):
        assert SERVICES[name]["depends_on"] == expected


def test_the_clock_does_what_falls_due_every_few_minutes() -> None:
    _python, _manage, command, *options = SERVICES["clock"]["command"]
    parser = load_command_class("secretariat.workspace", command).create_parser("", command)
    assert 0 < parser.parse_args(options).every <= 5


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_every_volume_is_declared() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    files = {mount.split(":")[0] for mount in mounts if mount.startswith(".")}
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_every_variable_is_documented() -> None:
    names = {name for name, _rest in VARIABLE.findall(COMPOSE_TEXT)}
    assert names - documented() == set()


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    variables = [
        (f"{name}: {variable}", str(value))
        for name, service in SERVICES.items()
        for variable, value in service.get("environment", {}).items()
    ]
    literal = [
        where
        for where, value in variables
        if (SECRET.search(where) and not VARIABLE.match(value) and "://" not in value)
        or CREDENTIALS.search(VARIABLE.sub("", value))
    ]
    with_default = [
        variable
        for variable, rest in VARIABLE.findall(COMPOSE_TEXT)
        if SECRET.search(variable) and rest not in ("", ":-") and not rest.startswith(":?")
    ]
    assert (literal, with_default) == ([], [])


def test_every_secret_is_demanded_somewhere() -> None:
    demanded = {name for name, rest in VARIABLE.findall(COMPOSE_TEXT) if rest.startswith(":?")}
    assert demanded == set(VALUES)


def test_production_starts_with_what_compose_gives_it() -> None:
    given = {name: filled_in(str(v)) for name, v in SERVICES["web"]["environment"].items()}
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    outcome = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR"],
        cwd=ROOT,
        env=kept | given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_the_image_installs_the_lock_and_does_not_run_as_root() -> None:
    assert "--require-hashes --constraint requirements.lock" in DOCKERFILE
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert users == ["network"]
    assert "UV_PYTHON_DOWNLOADS=never" in DOCKERFILE


def test_the_image_holds_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert copied == {"secretariat", "members", "resolutions", "cms", "search"}


def test_the_proxy_serves_the_domain_and_passes_on_to_web() -> None:
    caddyfile = (ROOT / "secretariat/deployment/Caddyfile").read_text()
    assert "{$DOMAIN} {" in caddyfile
    assert "reverse_proxy web:8000" in caddyfile
    assert caddyfile.count("{") == caddyfile.count("}")
