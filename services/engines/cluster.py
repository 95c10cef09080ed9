"""Whether there is a Ray cluster at an address; Ray itself waits for minutes before it says no."""

from __future__ import annotations

import socket
import subprocess
import sys
from urllib.parse import urlsplit

CONNECTED = 5.0  # seconds for a connection
ANSWERED = 30.0  # seconds for a process to import Ray and to hear from the cluster
# Raises where nobody answers as a cluster does; a process can be given up, a thread of Ray cannot.
_ASK = "import sys; from ray._raylet import GcsClient; GcsClient(address=sys.argv[1])"


def answers(address: str) -> bool:
    """Whether a cluster can be joined, within seconds.

    Args:
        address: such as `10.0.0.1:6379`; what names no port, as `auto` does, is left to Ray.
    """
    try:
        place = urlsplit(address if "://" in address else f"//{address}")
        host, port = place.hostname, place.port
    except ValueError:
        return False
    if host is None or port is None:
        return True
    try:
        socket.create_connection((host, port), CONNECTED).close()
    except OSError:
        return False
    return bool(place.scheme) or _is_cluster(address)


def _is_cluster(address: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", _ASK, address],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=ANSWERED, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
