"""Say whether the desk's pages answer: `python -m config.health`, for a container's check."""

import http.client
import sys
from http import HTTPStatus

from config import env


def answers(port: int) -> bool:
    """Say whether something on this port of this machine answers a request without an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        # 400 is an answer too: ALLOWED_HOSTS may hold only the public name; so is 301 to TLS.
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(env.whole("PORT", default=8000)) else 1)
