"""HAProxy before the replicas, with the configuration that compose.yaml uses."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hosting.processes import StartError, start

CONFIGURATION = Path(__file__).with_name("haproxy.cfg")
DEBIAN = "/usr/sbin/haproxy"  # not on everybody's path


def find_haproxy() -> str | None:
    """The program; None where there is none."""
    return shutil.which("haproxy") or (DEBIAN if Path(DEBIAN).exists() else None)


@contextmanager
def running_proxy(bind: str, places: Sequence[str], logs: Path) -> Iterator[str]:
    """The proxy for as long as the block.

    Args:
        bind: where it listens, `address:port`.
        places: `host:port` of two replicas.
        logs: the folder of its log.

    Yields:
        Its address, without a slash at the end.

    Raises:
        StartError: HAProxy is not there, or did not come up.
    """
    program = find_haproxy()
    if program is None:
        raise StartError("HAProxy is not installed; on Debian: apt install haproxy")
    first, second = places
    proxy = start(
        "haproxy",
        [program, "-db", "-f", CONFIGURATION],
        logs,
        {
            "PROXY_BIND": bind,
            "REPLICA_A": first,
            "REPLICA_B": second,
        },
    )
    url = f"http://{bind}"
    try:
        proxy.wait_until(lambda: _answers(url))
        yield url
    finally:
        proxy.end()


def _answers(url: str) -> bool:
    """Whether it answers, whatever it says: the replicas need not be there."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
