"""What a scan found, kept in memory and on disk by the content of what was scanned."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.findings.finding import Bar, Finding, Kind, Spread
from services.keeping.store import BoundedStore
from services.settings import settings

log = logging.getLogger(__name__)
_NAME = re.compile(r"([0-9a-f]{16})\.(\d{1,4})")


@dataclass(frozen=True)
class Report:
    """A scan's outcome.

    Attributes:
        digest: of what was scanned, 16 hexadecimal digits.
        pictures: how many were looked at.
        cold: how many of them have no heat anywhere.
        questions: how many were asked.
        findings: those that stand.
    """

    digest: str
    pictures: int
    cold: int
    questions: int
    findings: tuple[Finding, ...]

    def name(self, number: int) -> str:
        """A finding's name in a link."""
        return f"{self.digest}.{number}"


_reports: BoundedStore[str, Report] = BoundedStore(64)


def keep(report: Report) -> None:
    """Keep a report; where the disk cannot be written, in memory only."""
    _reports.put(report.digest, report)
    path = _path(report.digest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(report)), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        log.warning("a scan is kept in memory only: %s", error)


def kept(digest: str) -> Report | None:
    """The report of what has that digest, if it was scanned."""
    report = _reports.get(digest)
    if report is None and (report := _read(_path(digest))) is not None:
        _reports.put(digest, report)
    return report


def finding_named(name: str) -> Finding | None:
    """A kept finding by its name in a link; None where there is none."""
    match = _NAME.fullmatch(name)
    report = kept(match[1]) if match else None
    if match is None or report is None or int(match[2]) >= len(report.findings):
        return None
    return report.findings[int(match[2])]


def members(name: str) -> frozenset[str] | None:
    """Digests of the samples that a finding is about; None where no such finding is kept."""
    found = finding_named(name)
    return None if found is None else frozenset(found.members)


def _path(digest: str) -> Path:
    return settings().cache / "scans" / f"{digest}.json"


def _read(path: Path) -> Report | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Report(**{**told, "findings": tuple(_finding(each) for each in told["findings"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("a kept scan cannot be read and is made again: %s", error)
        return None


def _finding(told: dict[str, Any]) -> Finding:
    spread = told["spread"]
    lists = {} if spread is None else {
        name: tuple(spread[name]) for name in ("edges", "first", "second", "names")
    }  # fmt: skip
    return Finding(**{
        **told,
        "kind": Kind(told["kind"]),
        "members": tuple(told["members"]),
        "bars": tuple(Bar(**bar) for bar in told["bars"]),
        "spread": None if spread is None else Spread(**{**spread, **lists}),
    })  # fmt: skip
