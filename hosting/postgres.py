"""PostgreSQL of one's own in a folder: never as root, on a Unix socket alone, with a password."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from hosting.processes import Process, StartError, start

DEBIAN = Path("/usr/lib/postgresql")  # a folder for each version
OTHERS = ("postgres", "nobody")  # who runs it where root starts it, which it refuses
NAME = "gradcam"  # of its user and its database


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs, the newest; None where there is none."""
    if debian := sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])):
        return debian[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_postgres(folder: Path, logs: Path) -> Iterator[str]:
    """A database server for as long as the block.

    Args:
        folder: what it keeps; made if it is not there, and used again if it is.
        logs: the folder of its log.

    Yields:
        The SQLAlchemy URL of its database. It holds the password: it belongs into no log.

    Raises:
        StartError: PostgreSQL is not there, or did not come up.
    """
    programs = find_postgres()
    if programs is None:
        raise StartError("PostgreSQL is not installed; on Debian: apt install postgresql")
    owner = _owner()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    data, sockets, secret = folder / "data", folder / "socket", folder / "password"
    for own in (data, sockets):
        own.mkdir(exist_ok=True, mode=0o700)
        if owner:
            shutil.chown(own, owner)
    if not (data / "PG_VERSION").exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24), encoding="ascii")
        _make(programs, data, secret, owner)
    server = start(
        "postgresql",
        [
            *_as(owner), programs / "postgres", "-D", data, "-k", sockets,
            "-c", "listen_addresses=", "-c", "max_connections=200",
        ],
        logs,
        ends_by=signal.SIGINT,  # ends what is open and goes; SIGTERM waits for all to leave
    )  # fmt: skip
    password = secret.read_text(encoding="ascii")
    try:
        server.wait_until(lambda: _answers(server, programs, sockets))
        _have_database(programs, sockets, password)
        host = quote(str(sockets), safe="")
        yield f"postgresql+psycopg://{NAME}:{password}@/{NAME}?host={host}"
    finally:
        server.end()


def _owner() -> str | None:
    """Who runs it, where it is not the one who asks."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in OTHERS if name in known)


def _as(owner: str | None) -> Sequence[str]:
    if owner is None:
        return ()
    group = str(pwd.getpwnam(owner).pw_gid)
    return ("setpriv", f"--reuid={owner}", f"--regid={group}", "--clear-groups", "--")


def _make(programs: Path, data: Path, secret: Path, owner: str | None) -> None:
    """Make an empty cluster; the password is read from a file that the owner sees meanwhile."""
    if owner:
        shutil.chown(secret, owner)
    done = subprocess.run(
        [
            *_as(owner), programs / "initdb", "-D", data, "-U", NAME, "-E", "UTF8",
            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-instructions",
        ],
        cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    if owner:
        shutil.chown(secret, os.geteuid())
    if done.returncode:
        raise StartError(f"PostgreSQL could not make its folder:\n{done.stderr.strip()}")


def _answers(server: Process, programs: Path, sockets: Path) -> bool:
    asked = [str(programs / "pg_isready"), "-q", "-h", str(sockets)]
    return server.is_running and subprocess.run(asked, check=False).returncode == 0


def _have_database(programs: Path, sockets: Path, password: str) -> None:
    """Make the database unless it is there."""
    asked = [str(programs / "createdb"), "-h", str(sockets), "-U", NAME, NAME]
    done = subprocess.run(
        asked,
        env={**os.environ, "PGPASSWORD": password, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "already exists" not in done.stderr:
        raise StartError(f"PostgreSQL could not make the database:\n{done.stderr.strip()}")
