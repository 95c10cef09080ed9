"""Which number is explained for a sample: a person's words made a target."""

from __future__ import annotations

import numpy as np

from gradcam import Target, TargetKind
from gradcam.arrays import Floats
from services.project import Project

PREDICTED = "predicted"  # the class the network chose, sample by sample
TRUE = "true"  # the sample's true class
SECOND = "second"  # as the other side of a contrast: the best of the other classes
NOBODY = ""  # no contrast
TARGET_WORDS = frozenset({PREDICTED, TRUE})  # beside "=" and a name
AGAINST_WORDS = TARGET_WORDS | {SECOND, NOBODY}


def output_target(project: Project, wanted: str) -> Target | None:
    """The output of a regression that is meant, `=0` for what raises it, `-0` for what lowers it.

    Args:
        project: a regression.
        wanted: as in `Recipe.target`; what names no output means the project's own.

    Returns:
        None where the network has no such output.
    """
    sign, number = wanted[:1], wanted[1:]
    if sign not in {"=", "-"}:
        return Target.for_output(project.regression.output)
    if not number.isdecimal() or int(number) >= project.network.units:
        return None
    return Target.for_output(int(number), lowers=sign == "-")


def class_target(
    project: Project, wanted: str, against: str, scores: Floats, label: str | None
) -> Target:
    """The class of a sample that is meant, or one class against another.

    Args:
        project: a classification.
        wanted: as in `Recipe.target`: `predicted`, `true`, or `=` and a name; what names no class
            of the project means `predicted`.
        against: as in `Recipe.against`: nothing, `second`, `predicted`, `true`, or `=` and a name;
            what names no class means nothing, and so does the class that is explained.
        scores: (classes,) float32, the sample's.
        label: its true class, if somebody said. Where nobody did, `true` means `predicted`.
    """
    predicted = int(scores.argmax())
    chosen = _class(project, wanted, label, predicted)
    if against == SECOND:
        other = int(np.where(np.arange(len(scores)) == chosen, -np.inf, scores).argmax())
    else:
        other = _class(project, against, label, predicted if against in TARGET_WORDS else chosen)
    return Target.for_class(chosen) if other == chosen else Target.contrast(chosen, other)


def target_names(project: Project, target: Target) -> tuple[str, str]:
    """A target's class and, of a contrast, the other class; of a regression what it is called."""
    if target.kind is TargetKind.OUTPUT:
        return "the value" if project.network.units == 1 else f"output {target.index}", ""
    against = "" if target.against is None else project.classes[target.against]
    return project.classes[target.index], against


def _class(project: Project, words: str, label: str | None, otherwise: int) -> int:
    named = label if words == TRUE else words[1:] if words.startswith("=") else None
    known = named is not None and named in project.classes
    return project.classes.index(named) if known else otherwise
