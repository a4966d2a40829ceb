"""What belongs to the project: the files that git tracks, or, in a copy without git, all."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


MADE = {".git", ".venv", "var", "__pycache__", "htmlcov", "node_modules"}
CACHES = ("_cache", ".cache", ".hypothesis")


@cache
def all_tracked() -> tuple[Path, ...]:
    """Paths from the top of the project, those deleted in the work tree left out."""
    try:
        listing = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return tuple(sorted(walk(ROOT)))
    paths = (Path(name) for name in listing.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


def walk(folder: Path) -> Iterator[Path]:
    """Every file under a folder that was not made by running the project."""
    for path in folder.iterdir():
        if path.name in MADE or path.name.endswith(CACHES) or path.suffix in (".mo", ".pyc"):
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path.relative_to(ROOT)


def tracked(pattern: str) -> list[Path]:
    """Tracked files whose path matches, in order."""
    return [path for path in all_tracked() if path.match(pattern)]
