"""Somebody who signs people in: an OpenID provider on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.browser.server import free_port
from tests.waiting import PATIENCE

# Ann and Ben have a verified address and none; Cat has no role; Dan and Eve review.
PEOPLE = (
    {"sub": "ann", "name": "Ann <b>", "email": "ann@example.org", "email_verified": True},
    {"sub": "ben", "name": "Ben", "email": "ann@example.org", "email_verified": False},
    {"sub": "cat", "name": "Cat", "email": "cat@example.org", "email_verified": True},
    {"sub": "dan", "name": "Dan", "email": "dan@example.org", "email_verified": True},
    {"sub": "eve", "name": "Eve", "email": "eve@example.org", "email_verified": True},
)
ROLES = """
[people]
"ann@example.org" = "admin"
"{provider}:ben" = "viewer"
"dan@example.org" = "reviewer"
"eve@example.org" = "reviewer"
"""
_RUN = ("-W", "ignore", "-m", "oidc_provider_mock")


@contextmanager
def running_provider(folder: Path, people: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Start it with people whom it knows, each with their claims; gives its address."""
    folder.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "provider.log"
    users = [part for person in people for part in ("--user-claims", json.dumps(person))]
    command = [sys.executable, *_RUN, "--port", str(port), *users]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, log)
        yield url
    finally:
        process.kill()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/.well-known/openid-configuration", timeout=5):
                return
        except OSError:
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
    raise RuntimeError(f"the provider did not come up: {log.read_text()}")
