"""Ask this container's worker for its health: `python healthcheck.py live` or `ready`. Ends with 1 unless it is well.

Slim images have no curl; and no proxy setting may come between.
"""

import http.client
import os
import sys

SECONDS = 4


def main(path: str) -> int:
    """The exit code."""
    port = int(os.environ.get("TOCSIN_HTTP_PORT") or 9464)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", f"/{path}")
        response = connection.getresponse()
        print(response.read().decode(errors="replace").strip())
    except OSError as error:
        print(f"port {port}: {error}")
        return 1
    finally:
        connection.close()
    return 0 if response.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
