"""What a scan found, kept in memory and on disk by the content of what was scanned."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from services.findings.finding import Finding, QuestionKind, ShareBar, Spread
from services.keeping.drawers import SCANS
from services.keeping.kept import Kept
from services.keeping.store import BoundedStore

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


def finding_named(name: str) -> Finding | None:
    """A kept finding by its name in a link; None where there is none."""
    match = _NAME.fullmatch(name)
    report = reports.get(match[1]) if match else None
    if match is None or report is None or int(match[2]) >= len(report.findings):
        return None
    return report.findings[int(match[2])]


def members(name: str) -> frozenset[str] | None:
    """Digests of the samples that a finding is about; None where no such finding is kept."""
    finding = finding_named(name)
    return None if finding is None else frozenset(finding.members)


def member_parts(name: str) -> frozenset[tuple[str, int]]:
    """The parts that a finding is about, by digest and number; none where it is of samples."""
    finding = finding_named(name)
    if finding is None or not finding.parts:
        return frozenset()
    return frozenset(zip(finding.members, finding.parts, strict=True))


def _packed(report: Report) -> bytes:
    return json.dumps(asdict(report)).encode()


def _unpacked(content: bytes) -> Report:
    told = json.loads(content)
    return Report(**{**told, "findings": tuple(_finding(each) for each in told["findings"])})


def _finding(told: dict[str, Any]) -> Finding:
    spread = told["spread"]
    lists = {} if spread is None else {
        name: tuple(spread[name]) for name in ("edges", "first", "second", "names")
    }  # fmt: skip
    return Finding(**{
        **told,
        "kind": QuestionKind(told["kind"]),
        "members": tuple(told["members"]),
        "parts": tuple(told.get("parts", ())),
        "bars": tuple(ShareBar(**bar) for bar in told["bars"]),
        "spread": None if spread is None else Spread(**{**spread, **lists}),
    })  # fmt: skip


reports = Kept(SCANS, "json", _packed, _unpacked, BoundedStore[str, Report](64))
