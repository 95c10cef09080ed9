"""A whole team's dashboard as processes on this machine's loopback address."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hosting.postgres import running_postgres
from hosting.processes import free_port
from hosting.proxy import running_proxy
from hosting.replica import Replica

NAMES = ("a", "b")  # of the replicas


@dataclass(frozen=True)
class Team:
    """What runs.

    Attributes:
        url: of the proxy.
        way_in: the link that people come by; with a token where one is asked for.
        replicas: the dashboards behind it.
        database: the SQLAlchemy URL of what they share; it holds a password.
        folder: what they keep; their logs are in `logs`.
    """

    url: str
    way_in: str
    replicas: tuple[Replica, ...]
    database: str
    folder: Path

    def replica(self, name: str) -> Replica:
        """The replica that the proxy's cookie calls so."""
        return next(each for each in self.replicas if each.name == name)


@contextmanager
def kept_in(named: Path | None = None) -> Iterator[Path]:
    """The folder that a team keeps its things in: the named one, else one that goes at the end."""
    if named is not None:
        yield named.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="gradcam-team-") as own:
        Path(own).chmod(0o711)  # PostgreSQL may be somebody else, who must reach their own part
        yield Path(own)


@contextmanager
def running_team(
    folder: Path, port: int = 0, environment: Mapping[str, str] | None = None
) -> Iterator[Team]:
    """PostgreSQL, two replicas on one cache, and a proxy before them, for as long as the block.

    Args:
        folder: what they keep: database, cache, logs.
        port: of the proxy; 0 for any free one.
        environment: settings of the replicas.

    Yields:
        The team, once both replicas are ready.

    Raises:
        StartError: a part is not installed or did not come up.
    """
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        database = stack.enter_context(running_postgres(folder / "database", logs))
        token = os.environ.get("GRADCAM_TOKEN") or secrets.token_urlsafe(32)
        shared = {
            "GRADCAM_CACHE": str(folder / "cache"),
            "GRADCAM_NOTES": str(folder / "notes"),
            "GRADCAM_DATABASE": database,
            # Else each makes its own, and whoever changes replicas would have to sign in again.
            "GRADCAM_TOKEN": token,
            "GRADCAM_SECRET": os.environ.get("GRADCAM_SECRET") or secrets.token_urlsafe(32),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "MALLOC_ARENA_MAX": "2",
            **(environment or {}),
        }
        replicas = tuple(Replica(name, logs, shared) for name in NAMES)
        for replica in replicas:
            stack.callback(replica.end)
            replica.start()
        bind = f"127.0.0.1:{port or free_port()}"
        url = stack.enter_context(running_proxy(bind, [each.place for each in replicas], logs))
        for replica in replicas:
            replica.wait_until_ready()
        asked = {**os.environ, **shared}.get("GRADCAM_LOGIN") == "token"
        way_in = f"{url}/?token={token}" if asked else url
        yield Team(url, way_in, replicas, database, folder)
