"""The server's own keys, by which people open shared projects without one of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.host import find_host
from services.errors import ProjectError
from services.settings import settings

_LINE = re.compile(r"""\s*([\w .-]{1,80}?)\s*=\s*(["']?)(\S+?)\2\s*""")


def shared_access(name: str, origin: str) -> Access:
    """What it takes to read a project with a key of the server's.

    Args:
        name: of the key.
        origin: of its Studio, in any spelling.

    Raises:
        ProjectError: the server has no such key, or its host is not allowed here.
    """
    key = _keys().get(name)
    if key is None:
        raise ProjectError(
            "The server's key for this project is gone; ask an admin of this dashboard."
        )
    return Access(key, find_host(origin, settings().studio_hosts), lent=name)


def shared_key_names() -> tuple[str, ...]:
    """What the server's keys are called.

    Raises:
        ProjectError: their file cannot be read.
    """
    return tuple(_keys())


def _keys() -> Mapping[str, ApiKey]:
    """The keys, read anew once their file has changed."""
    path = settings().shared_keys
    if path is None:
        return {}
    try:
        told = path.stat()
        return _read(path, told.st_mtime_ns, told.st_size)
    except (OSError, UnicodeDecodeError):
        raise ProjectError(
            f"The server's keys in {path.name} cannot be read; ask whoever runs this dashboard."
        ) from None


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _size: int) -> Mapping[str, ApiKey]:
    keys = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            name, _, key = _LINE.fullmatch(line).groups()  # type: ignore[union-attr]
            keys[name] = ApiKey(key)
        except (AttributeError, ProjectError):  # never the line itself: it may hold a key
            raise ProjectError(
                f"{path.name}, line {number}: write name = ei_…, a key in each line."
            ) from None
    return keys
