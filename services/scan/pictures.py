"""The pictures of a finding among those of a project, and the parts of them that it is about."""

from __future__ import annotations

import numpy as np

from services.findings.finding import Finding
from services.findings.report import finding_named
from services.keeping.derived import Derived
from services.predictions.predictions import Predictions
from services.tasks.parts import Address, Place
from services.tasks.shown import Positions

_positions: Derived[str, Positions] = Derived(64)


def pictures_of(predictions: Predictions, name: str) -> Positions:
    """Positions of a kept finding's pictures, the clearest first; none where none is kept.

    Args:
        predictions: of the project.
        name: of the finding, in a link.
    """
    finding = finding_named(name)
    if finding is None:
        return np.zeros(0, np.int64)
    own, where = finding.members, predictions.by_digest

    def positions() -> Positions:
        there = (where[each] for each in own if each in where)
        return np.array(list(dict.fromkeys(there)), np.int64)

    return _positions.of(predictions, name, positions)


def addresses_of(predictions: Predictions, finding: Finding) -> list[Address]:
    """What a finding is about, the clearest first: samples, or parts of them.

    Args:
        predictions: of the project.
        finding: of a scan of it.
    """
    where = predictions.by_digest
    if not finding.parts:
        return [where[each] for each in finding.members if each in where]
    both = zip(finding.members, finding.parts, strict=True)
    return [Place(where[digest], part) for digest, part in both if digest in where]
