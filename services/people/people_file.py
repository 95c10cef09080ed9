"""`people.toml`: who may do what, by verified address or by issuer and subject."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.errors import NotAllowedError
from services.people.person import Role

log = logging.getLogger(__name__)
NO_ROLE = "none"  # turned away, whatever else is said of them
WORDS: Mapping[str, Role | None] = MappingProxyType(
    {**{str(role): role for role in Role}, NO_ROLE: None}
)
_DEFAULT, _PEOPLE = "default", "people"


@dataclass(frozen=True)
class PeopleFile:
    """What stands in it.

    Attributes:
        named: roles by address, by `*@domain` or by `issuer:subject`, in lower case where it is
            an address; None for who is turned away.
        default: the role of whoever is not named; None where these are turned away.
    """

    named: Mapping[str, Role | None]
    default: Role | None

    @property
    def admins(self) -> tuple[str, ...]:
        """Addresses of those whom a person can ask for more."""
        return tuple(
            name
            for name, role in self.named.items()
            if role is Role.ADMIN and "@" in name and not name.startswith("*")
        )


def read_people(path: Path | None) -> PeopleFile:
    """What the file says now; it is read anew once it has changed.

    Args:
        path: None where there is no such file, which gives nobody a role.

    Raises:
        NotAllowedError: it cannot be read, or says what is no role; file and line.
    """
    if path is None:
        return PeopleFile({}, None)
    try:
        told = path.stat()
        return _read(path, told.st_mtime_ns, told.st_size)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise _fault(path, reason) from error


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _size: int) -> PeopleFile:
    try:
        text = path.read_text(encoding="utf-8-sig")
        whole = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise _fault(path, "it is no UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = at[1] if at else len(text.splitlines())  # it says none of the end
        raise _fault(path, f"line {line}: this is no TOML") from error
    lines = text.splitlines()
    for key in whole.keys() - {_DEFAULT, _PEOPLE}:
        raise _fault(path, f"{_line(lines, key)}“{key}” means nothing here")
    people = whole.get(_PEOPLE, {})
    if not isinstance(people, dict):
        raise _fault(path, f"{_line(lines, _PEOPLE)}write a table [people]")
    named: dict[str, Role | None] = {}
    for name, word in people.items():
        if _key(name) in named:
            raise _fault(path, f"{_line(lines, name)}“{name}” stands there twice")
        named[_key(name)] = _role(path, lines, name, word)
    default = whole.get(_DEFAULT, NO_ROLE)
    return PeopleFile(named, _role(path, lines, _DEFAULT, default))


def _key(name: str) -> str:
    return name.strip().lower() if is_address(name) else name.strip()


def is_address(name: str) -> bool:
    """Whether it is an address of mail or of a domain, and no `issuer:subject`."""
    return "@" in name and ":" not in name


def _role(path: Path, lines: list[str], name: str, word: Any) -> Role | None:  # noqa: ANN401 - from a file
    if isinstance(word, str) and word in WORDS:
        return WORDS[word]
    words = ", ".join(WORDS)
    raise _fault(path, f"{_line(lines, name)}“{word}” is no role; these are {words}")


def _line(lines: list[str], key: str) -> str:
    """Where a key stands, for a sentence."""
    begins = re.compile(rf"""\s*\[?\s*["']?{re.escape(key)}["']?\s*[=\].]""")
    number = next((n for n, line in enumerate(lines, 1) if begins.match(line)), None)
    return "" if number is None else f"line {number}: "


def _fault(path: Path, reason: str) -> NotAllowedError:
    log.error("%s gives nobody a role: %s", path, reason)
    return NotAllowedError(
        f"{path.name}, {reason}. Nobody is let in until whoever runs this dashboard has mended it."
    )
