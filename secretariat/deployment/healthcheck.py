"""Asks this container's own web process whether it is well; exit code 0 says yes.

    python -m secretariat.deployment.healthcheck

The question carries a host name the platform answers to, and says that the proxy's side is
encrypted, as a request that came through the proxy would.
"""

import http.client
import os
import sys

PORT = 8000
SECONDS = 5


def healthy() -> bool:
    """Whether /healthz answers 200 within five seconds."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0] or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not healthy())
