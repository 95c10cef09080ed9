"""Heatmaps that are alike: a small, tight group of a class that is right more or less often."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcam.arrays import Floats
from gradcam.spray import groups
from services.findings.finding import Finding, Question, QuestionKind, ShareBar
from services.media.medium import Medium
from services.media.whereabouts import Whereabouts
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.scan.looking import Looked
from services.tasks.shown import Positions

SMALL = 0.5  # of the class's samples at most
TIGHT = 0.1  # mean silhouette at least
FEWEST = 5  # samples that somebody said the truth of, in the group and beside it
DIFFERENCE = 0.15  # between the shares that are right, at least


def group_rule(medium: Medium) -> str:
    """How groups are chosen, in words."""
    return (
        f"Heatmaps of {medium.called.many} with the same answer are clustered (SpRAy). A cluster "
        f"is a finding if it holds at most {percent(SMALL)} of them, is tight (mean silhouette at "
        f"least {TIGHT:g}), and its share of correct answers differs by {percent(DIFFERENCE)} or "
        "more from the rest (Fisher's exact test). Where one cluster is worse, the others are "
        "better: only those are shown that differ in the direction of the strongest."
    )


def ask(predictions: Predictions, looked: Looked, threshold: float | None) -> Iterator[Question]:
    """Each group of each class against the rest of its class.

    The groups are made of the maps alone, so the verdicts are news to them and the test is fair.
    """
    correct = predictions.correct(threshold)
    warm = looked.shares.any(axis=(1, 2))
    for said in predictions.answers.likeness.said_alike:
        here = np.flatnonzero(np.isin(looked.positions, said.positions) & warm)
        grouped = groups(looked.shares[here]) if len(here) else None
        if grouped is None:
            continue
        asked: list[tuple[float, float, Finding | None]] = []  # more right by, p, what it says
        for number, tightness in enumerate(grouped.tightness):
            inside = here[grouped.labels == number]
            outside = here[grouped.labels != number]
            own, rest = (correct[looked.positions[part]] for part in (inside, outside))
            own, rest = own[~np.isnan(own)], rest[~np.isnan(rest)]
            if min(len(own), len(rest)) < FEWEST:
                continue
            p, more = _fisher(own, rest), float(own.mean() - rest.mean())
            small, tight = len(inside) <= SMALL * len(here), tightness >= TIGHT
            if not (small and tight and abs(more) >= DIFFERENCE):
                asked.append((0.0, p, None))
                continue
            ordered = _nearest_first(looked.shares[inside])
            members = tuple(predictions.digests[p] for p in looked.positions[inside[ordered]])
            finding = _said(
                predictions.project.medium,
                said.name,
                looked.shares[inside],
                own,
                rest,
                float(tightness),
                members,
            )
            asked.append((more, p, finding))
        strongest = max((more for more, _, _ in asked), key=abs, default=0.0)
        for more, p, found_one in asked:
            yield Question(p, found_one if more * strongest > 0 else None)


def _fisher(own: Floats, rest: Floats) -> float:
    from scipy.stats import fisher_exact

    table = [[(part == 1).sum(), (part == 0).sum()] for part in (own, rest)]
    return float(fisher_exact(table).pvalue)


def _nearest_first(shares: Floats) -> Positions:
    """The most typical maps of a group come first."""
    points = np.sqrt(shares.reshape(len(shares), -1))
    return np.linalg.norm(points - points.mean(axis=0), axis=1).argsort(kind="stable")


def _said(
    medium: Medium,
    name: str | None,
    shares: Floats,
    own: Floats,
    rest: Floats,
    tightness: float,
    members: tuple[str, ...],
) -> Finding:
    called = medium.called
    where = hottest_place(shares.mean(axis=0), medium.whereabouts)
    others = "the other samples" if name is None else f"other samples predicted as “{name}”"
    worse = own.mean() < rest.mean()
    what = "wrong" if worse else "right"
    return Finding(
        QuestionKind.GROUP,
        f"What does the network {called.sense} {where} of these {len(shares)} {called.many}? "
        "Their heatmaps are alike and hottest there, and they are "
        f"{what} more often than {others}.",
        f"{percent(own.mean())} of the cluster are right, {percent(rest.mean())} of {others}; "
        f"silhouette of the cluster: {tightness:.2f}.",
        members,
        abs(float(own.mean() - rest.mean())),
        bars=(
            ShareBar("this cluster", float(own.mean())),
            ShareBar("the others", float(rest.mean())),
        ),
    )


def hottest_place(heat: Floats, whereabouts: Whereabouts) -> str:
    """Where the hottest cell of a map is, in words.

    Args:
        heat: (h, w) float32.
        whereabouts: the words.
    """
    row, column = divmod(int(heat.argmax()), heat.shape[1])
    return whereabouts.cell((row + 0.5) / heat.shape[0], (column + 0.5) / heat.shape[1])
