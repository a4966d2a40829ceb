"""Asks this container's own web process whether it is well; exit code 0 says yes.

    python -m secretariat.deployment.healthcheck

The question carries a host name the platform answers to, and says that the proxy's side is
encrypted, as a request that came through the proxy would.
"""

import os
import sys
import urllib.error
import urllib.request

ADDRESS = "http://127.0.0.1:8000/healthz"
SECONDS = 5


def healthy() -> bool:
    """Whether /healthz answers 200 within five seconds."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0] or "localhost"
    request = urllib.request.Request(ADDRESS, headers={"Host": host, "X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(not healthy())
