"""Heat at the edge: more than the class's boxes, or evenly spread heat, would put there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcam.arrays import Floats, Mask
from gradcam.spray import Region, box_shares, region_masks
from services.findings.finding import Finding, Question, QuestionKind, ShareBar
from services.media.medium import Medium
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.scan.looking import Looked
from services.tasks.shown import Positions

FEWEST_HOT = 8  # samples of a class
TIMES = 2.0  # what the boxes, or even heat, would give, at least
MORE = 0.15  # of the heat more than that, at least


def place_rule(medium: Medium) -> str:
    """How places are chosen, in words."""
    return (
        f"For {medium.called.many} with the same answer, the share of the heat in the outer eighth "
        "of each side and in each corner (a quarter of both sides) against what boxes of that name "
        f"would have there; without such boxes, against {_even_said(medium)}. A place is a finding "
        f"if its share is {TIMES:g} times that and {percent(MORE)} of the heat more (Wilcoxon's "
        "signed-rank test, one-sided)."
    )


def _even_said(medium: Medium) -> str:
    even = "evenly spread heat"
    return f"{even} or that of other answers" if medium.fixed_places else even


def ask(predictions: Predictions, looked: Looked) -> Iterator[Question]:
    """Each edge and corner for each class; of the places that are too hot the hottest speaks."""
    masks = region_masks(*looked.shares.shape[1:])
    warm = np.atleast_1d(looked.shares.any(axis=(1, 2)))
    for said in predictions.answers.likeness.said_alike:
        name = said.name
        here = np.flatnonzero(np.isin(looked.positions, said.positions) & warm)
        if len(here) < FEWEST_HOT:
            continue
        expected, boxed = _expected(predictions, looked, here, name)
        others = _of_others(predictions, looked, here, warm)
        rows = []
        for region, mask in masks.items():
            share = (looked.shares[here] * mask).sum(axis=(1, 2))
            given = np.maximum((expected * mask).sum(axis=(1, 2)), (others * mask).sum())
            more = share.mean() - given.mean()
            enough = share.mean() >= TIMES * given.mean() and more >= MORE
            rows.append((region, share, given, float(more) if enough else 0.0))
        hottest = max(rows, key=lambda row: row[3])
        for region, share, given, more in rows:
            finding = None
            if more > 0 and region is hottest[0]:
                finding = _said(predictions, looked, here, name, region, share, given, boxed)
            yield Question(more_than_given(share - given), finding)


def _expected(
    predictions: Predictions, looked: Looked, here: Positions, name: str | None
) -> tuple[Floats, int]:
    """Where the heat of each picture would lie by its boxes, and how many have such boxes."""
    shape = looked.shares.shape[1:]
    even = np.full(shape, 1 / (shape[0] * shape[1]), np.float32)
    given = [_by_boxes(predictions, int(looked.positions[i]), name, shape) for i in here]
    boxed = sum(each is not None for each in given)
    return np.stack([even if each is None else each for each in given]), boxed


def _of_others(predictions: Predictions, looked: Looked, here: Positions, warm: Mask) -> Floats:
    """Where the heat of other answers lies on average; nowhere where all places are alike.

    Where a place means something by itself, heat is never even: a network that listens to voices
    looks where voices are, whatever it answers.
    """
    beside = warm.copy()
    beside[here] = False
    if not predictions.project.medium.fixed_places or beside.sum() < FEWEST_HOT:
        return np.zeros(looked.shares.shape[1:], np.float32)
    return np.asarray(looked.shares[beside].mean(axis=0), np.float32)


def _by_boxes(
    predictions: Predictions, position: int, name: str | None, shape: tuple[int, ...]
) -> Floats | None:
    medium = predictions.project.medium
    width, height = (int(side) for side in predictions.sizes[position])
    where = medium.placement((width, height))
    boxes = [
        where.onto_input(each.box).share_of(medium.width, medium.height)
        for each in predictions.samples[position].boxes
        if each.label == name
    ]
    shares = box_shares(boxes, (shape[0], shape[1]))
    return shares if shares.any() else None


def more_than_given(more: Floats) -> float:
    """How likely chance alone gives as much more: Wilcoxon's signed-rank test, one-sided."""
    from scipy.stats import wilcoxon

    if not np.any(more):
        return 1.0
    return float(wilcoxon(more, alternative="greater").pvalue)


def _said(
    predictions: Predictions,
    looked: Looked,
    here: Positions,
    name: str | None,
    region: Region,
    share: Floats,
    given: Floats,
    boxed: int,
) -> Finding:
    medium, called = predictions.project.medium, predictions.project.medium.called
    told = "take its value from" if name is None else f"predict “{name}” because of"
    even = _even_said(medium)
    by = f"boxes named “{name}”" if boxed == len(here) else even
    if 0 < boxed < len(here):
        by = f"boxes named “{name}”, or {even} where there are none,"
    beyond = np.flatnonzero(share > np.maximum(TIMES * given, MORE))
    ordered = here[beyond[np.argsort(-(share - given)[beyond], kind="stable")]]
    return Finding(
        QuestionKind.PLACE,
        f"Does the network {told} what is {medium.whereabouts.region(region)}? "
        f"{percent(share.mean())} of the heat of {len(here)} {called.many} is there.",
        f"{by[0].upper()}{by[1:]} would give {percent(given.mean())}. In {len(ordered)} of the "
        f"{len(here)} {called.many} it is more than twice as much and over {percent(MORE)}.",
        tuple(predictions.digests[p] for p in looked.positions[ordered]),
        float(share.mean() - given.mean()),
        bars=(
            ShareBar("heat there", float(share.mean())),
            ShareBar("expected", float(given.mean())),
        ),
    )
