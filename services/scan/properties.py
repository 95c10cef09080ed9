"""Picture properties that tell the verdict or the class: light, blur, size, shape, colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask, Numbers
from services.findings.finding import Finding, Question, QuestionKind, ShareBar, Spread
from services.media.properties import Properties
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.scan.looking import Looked

FEWEST = 5  # pictures on either side
TELLS_VERDICT, TELLS_CLASS = 0.7, 0.8  # area under the ROC curve, at least
STEPS = 24  # of a histogram

RULE = (
    "Brightness, contrast, sharpness, size, aspect, colourfulness and the main colour are each "
    "tested for separating wrong from right, and one name among the labels from the others. A "
    f"property is a finding if the area under its ROC curve is at least {TELLS_VERDICT:g} for the "
    f"verdict or {TELLS_CLASS:g} for a name; 0.5 is chance (Mann–Whitney U test)."
)
# Twelfths of the colour circle where each name ends.
COLOURS = (("red", 1), ("yellow", 3), ("green", 5), ("cyan", 7), ("blue", 9), ("magenta", 11))


@dataclass(frozen=True)
class Measured:
    """One property of all pictures.

    Attributes:
        name: with its unit, for an axis.
        more, less: pictures that have much of it, or little, in words.
        values: (M,) float64; 0 and 1 for what a picture has or has not.
        is_share: whether it is had or not.
    """

    name: str
    more: str
    less: str
    values: Numbers
    is_share: bool = False


def measured(properties: Sequence[Properties]) -> list[Measured]:
    """The properties of M pictures that differ among them."""

    def of(name: str) -> Numbers:
        return np.array([getattr(each, name) for each in properties], float)

    hue = np.array([colour_of(each.dominant_hue) for each in properties])
    colours = (*(name for name, _ in COLOURS), "grey")
    several = [
        Measured("brightness, 0..1", "bright", "dark", of("brightness")),
        Measured("contrast, 0..0.5", "contrasty", "flat", of("contrast")),
        Measured("sharpness", "sharp", "blurred", of("sharpness")),
        Measured("size, pixels", "large", "small", of("width") * of("height")),
        Measured("width : height", "wide", "tall", of("aspect")),
        Measured("colourfulness, 0..1", "colourful", "pale", of("saturation")),
        *(Measured(f"mostly {name}", f"mostly {name}", f"not {name}", (hue == name).astype(float),
                   is_share=True) for name in colours),
    ]  # fmt: skip
    return [each for each in several if np.ptp(each.values) > 0]


def colour_of(hue: float) -> str:
    """A hue of 0..1 by name; grey for NaN."""
    if np.isnan(hue):
        return "grey"
    return next((name for name, end in COLOURS if hue * 12 < end), "red")


def ask(predictions: Predictions, looked: Looked, threshold: float | None) -> Iterator[Question]:
    """Each property for the verdict and for each class."""
    properties = measured(looked.properties)
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
    from scipy.stats import mannwhitneyu

    yes, no = what.values[positive & known], what.values[~positive & known]
    if min(len(yes), len(no)) < FEWEST:
        return
    result = mannwhitneyu(yes, no, method="asymptotic")
    area = float(result.statistic) / (len(yes) * len(no))
    tells = max(area, 1 - area) >= (TELLS_VERDICT if name is None else TELLS_CLASS)
    p = float(result.pvalue) if np.isfinite(result.pvalue) else 1.0
    if not tells:
        yield Question(p, None)
        return
    sign = 1 if area >= 0.5 else -1
    cut = best_cut(sign * yes, sign * no)
    beyond = np.flatnonzero(positive & known & (sign * what.values >= cut))
    ordered = beyond[np.argsort(-sign * what.values[beyond], kind="stable")]
    members = tuple(predictions.digests[p] for p in looked.positions[ordered])
    yield Question(p, _said(what, name, yes, no, area, members))


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
    what: Measured,
    name: str | None,
    yes: Numbers,
    no: Numbers,
    area: float,
    members: tuple[str, ...],
) -> Finding:
    word = what.more if area >= 0.5 else what.less
    lots = ("predicted wrong", "predicted right") if name is None else (f"“{name}”", "the others")
    if name is None:
        question = f"Does the network fail on pictures that are {word}?"
    else:
        question = f"Could the network recognise “{name}” by its pictures being {word}?"
    if what.is_share:
        figures = (
            f"{percent(yes.mean())} of the pictures {lots[0]} are {what.more}, "
            f"{percent(no.mean())} of {lots[1]}"
        )
        shown: tuple[ShareBar, ...] = (ShareBar(lots[0], yes.mean()), ShareBar(lots[1], no.mean()))
    else:
        of_two = "one wrong and one right" if name is None else f"one “{name}” and one not"
        figures = (
            f"Of two pictures, {of_two}, the first is the more {word} one "
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
        spread=None if what.is_share else _spread(what, yes, no, lots),
    )


def _spread(what: Measured, yes: Numbers, no: Numbers, names: tuple[str, str]) -> Spread:
    edges = np.histogram_bin_edges(np.concatenate([yes, no]), STEPS)
    shares = [np.histogram(part, edges)[0] / len(part) for part in (yes, no)]
    return Spread(
        what.name,
        tuple(edges.tolist()),
        tuple(shares[0].tolist()),
        tuple(shares[1].tolist()),
        names,
    )
