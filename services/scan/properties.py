"""Properties of samples that tell the verdict or the class, such as light, blur, hum or length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask, Numbers
from services.findings.finding import Finding, Question, QuestionKind, ShareBar, Spread
from services.media.called import Called
from services.media.medium import Medium
from services.media.property import Property
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.scan.looking import Looked

FEWEST_ASKED = 5  # samples on either side
TELLS_VERDICT, TELLS_CLASS = 0.7, 0.8  # area under the ROC curve, at least
STEPS = 24  # of a histogram


@dataclass(frozen=True)
class Measured:
    """One property of all samples: (M,) float64."""

    property: Property
    values: Numbers


def property_rule(medium: Medium) -> str:
    """How properties are chosen, in words."""
    names = [each.name.partition(",")[0] for each in medium.properties]
    return (
        f"Each {medium.called.one}'s {', '.join(names[:-1])} and {names[-1]} are tested for "
        "separating wrong from right, and one name among the labels from the others. A property "
        f"is a finding if the area under its ROC curve is at least {TELLS_VERDICT:g} for the "
        f"verdict or {TELLS_CLASS:g} for a name; 0.5 is chance (Mann–Whitney U test)."
    )


def ask(predictions: Predictions, looked: Looked, threshold: float | None) -> Iterator[Question]:
    """Each property for the verdict and for each class."""
    measured = zip(predictions.project.medium.properties, looked.properties.T, strict=True)
    properties = [Measured(each, values) for each, values in measured if np.ptp(values) > 0]
    correct = predictions.correct(threshold)[looked.positions]
    known = ~np.isnan(correct)
    for each in properties:
        yield from _ask(predictions, looked, each, correct == 0, known, None)
    for apart in predictions.answers.likeness.told_apart:
        those, said = apart.those[looked.positions], apart.known[looked.positions]
        for each in properties:
            yield from _ask(predictions, looked, each, those, said, apart.name)


def _ask(
    predictions: Predictions,
    looked: Looked,
    what: Measured,
    positive: Mask,
    known: Mask,
    name: str | None,
) -> Iterator[Question]:
    yes, no = what.values[positive & known], what.values[~positive & known]
    if min(len(yes), len(no)) < FEWEST_ASKED:
        return
    p, area = told_apart_by(yes, no)
    tells = max(area, 1 - area) >= (TELLS_VERDICT if name is None else TELLS_CLASS)
    if not tells:
        yield Question(p, None)
        return
    sign = 1 if area >= 0.5 else -1
    cut = best_cut(sign * yes, sign * no)
    beyond = np.flatnonzero(positive & known & (sign * what.values >= cut))
    ordered = beyond[np.argsort(-sign * what.values[beyond], kind="stable")]
    members = tuple(predictions.digests[p] for p in looked.positions[ordered])
    yield Question(
        p, _said(predictions.project.medium.called, what.property, name, yes, no, area, members)
    )


def told_apart_by(yes: Numbers, no: Numbers) -> tuple[float, float]:
    """How likely chance alone parts two lots of values as much, and the area under the ROC curve.

    The Mann–Whitney U test; above 0.5 `yes` has the higher values.
    """
    from scipy.stats import mannwhitneyu

    result = mannwhitneyu(yes, no, method="asymptotic")
    p = float(result.pvalue) if np.isfinite(result.pvalue) else 1.0
    return p, float(result.statistic) / (len(yes) * len(no))


def best_cut(yes: Numbers, no: Numbers) -> float:
    """The value from which on `yes` is most ahead of `no` (Youden 1950)."""
    cuts = np.unique(np.concatenate([yes, no]))
    ahead = _from(yes, cuts) - _from(no, cuts)
    return float(cuts[int(np.argmax(ahead))])


def _from(values: Numbers, cuts: Numbers) -> Numbers:
    """(cuts,) the share of the values that are at least so much; sorted once for all cuts."""
    below = np.searchsorted(np.sort(values), cuts, side="left")
    return (len(values) - below) / len(values)


def _said(
    called: Called,
    what: Property,
    name: str | None,
    yes: Numbers,
    no: Numbers,
    area: float,
    members: tuple[str, ...],
) -> Finding:
    side = what.high if area >= 0.5 else what.low
    lots = ("predicted wrong", "predicted right") if name is None else (f"“{name}”", "the others")
    if name is None:
        question = f"Does the network fail on {called.many} that {side.that}?"
    else:
        question = f"Could the network recognise “{name}” by {side.by}?"
    if what.is_share:
        figures = (
            f"{percent(yes.mean())} of the {called.many} {lots[0]} {what.high.that}, "
            f"{percent(no.mean())} of {lots[1]}"
        )
        shown: tuple[ShareBar, ...] = (ShareBar(lots[0], yes.mean()), ShareBar(lots[1], no.mean()))
    else:
        of_two = "one wrong and one right" if name is None else f"one “{name}” and one not"
        figures = (
            f"Of two {called.many}, {of_two}, the first {side.more} "
            f"{percent(max(area, 1 - area))} of the time"
        )
        shown = ()
    return Finding(
        QuestionKind.VERDICT if name is None else QuestionKind.CLASS,
        question,
        f"{figures}; ROC AUC {max(area, 1 - area):.2f}.",
        members,
        max(area, 1 - area),
        bars=shown,
        spread=None if what.is_share else spread_of(what.name, yes, no, lots),
    )


def spread_of(name: str, yes: Numbers, no: Numbers, names: tuple[str, str]) -> Spread:
    """How a property is spread over two lots of that name, in steps that both share."""
    edges = np.histogram_bin_edges(np.concatenate([yes, no]), STEPS)
    shares = [np.histogram(part, edges)[0] / len(part) for part in (yes, no)]
    return Spread(
        name,
        tuple(edges.tolist()),
        tuple(shares[0].tolist()),
        tuple(shares[1].tolist()),
        names,
    )
