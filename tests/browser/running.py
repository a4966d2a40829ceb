"""A demonstration that runs: prepared once, copied, and served on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PREPARED_WITHIN_SECONDS = 400
SERVES_WITHIN_SECONDS = 120


@dataclass(frozen=True)
class Site:
    """A served demonstration: where it answers, and the folder of its data."""

    url: str
    folder: Path

    def command(self, *words: str) -> str:
        """What a management command writes to standard output on this site's data."""
        return _manage(self.folder, *words)


def prepare_once(folder: Path) -> Path:
    """The folder of a prepared demonstration; of several workers the first one prepares it.

    Raises AssertionError when the command failed or another worker does not finish.
    """
    ready, failed = folder / "ready", folder / "failed"
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        wait_until(lambda: ready.exists() or failed.exists(), PREPARED_WITHIN_SECONDS)
        assert ready.exists(), failed.read_text()
        return folder
    try:
        _manage(folder, "run_demonstration", "--prepare-only")
    except AssertionError as refusal:
        failed.write_text(str(refusal))
        raise
    ready.touch()
    return folder


@contextmanager
def serve(prepared: Path, folder: Path) -> Iterator[Site]:
    """Serve a copy of the prepared demonstration until the block is left."""
    shutil.copytree(prepared, folder)
    port = _free_port()
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "4", "--log-level", "warning"),
            "secretariat.wsgi:application",
        ],
        cwd=ROOT,
        env=environment(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_until(lambda: _answers(port, server), SERVES_WITHIN_SECONDS)
        yield Site(f"http://127.0.0.1:{port}", folder)
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def environment(folder: Path) -> dict[str, str]:
    """The variables of a demonstration whose data lies in `folder`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"ELASTICSEARCH_URL", "SEARCH_INDEX", "SECOND_FACTOR_REQUIRED"}
    }
    return kept | {
        "DATABASE_URL": f"sqlite:///{folder / 'network.sqlite3'}",
        "DATA_DIR": str(folder),
        "DEMONSTRATION": "1",
        "DJANGO_SETTINGS_MODULE": "secretariat.settings.development",
        "LOG_LEVEL": "WARNING",
        "TASKS": "immediate",
    }


def wait_until(condition, seconds: float) -> None:  # type: ignore[no-untyped-def]
    """Come back when the condition holds. Raises AssertionError after `seconds`."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, f"waited {seconds} seconds in vain"
        time.sleep(0.2)


def _manage(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=PREPARED_WITHIN_SECONDS,
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    assert server.poll() is None, "the server stopped; server.log says why"
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
