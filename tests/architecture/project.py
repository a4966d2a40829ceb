"""What belongs to the project: the files that git tracks."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def all_tracked() -> tuple[Path, ...]:
    """Paths from the top of the project, those deleted in the work tree left out."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (Path(name) for name in listing.stdout.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


def tracked(pattern: str) -> list[Path]:
    """Tracked files whose path matches, in order."""
    return [path for path in all_tracked() if path.match(pattern)]
