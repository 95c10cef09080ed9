"""What can be said of a network whose outputs may stand for the classes in another order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from gradcam import Network
from gradcam.arrays import Floats, Mask
from services.tasks.grades import Grades
from services.tasks.task import Task


def in_any_order(task: Task, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
    """Grades that do not depend on the order in which the outputs are named.

    The best order of one half of the samples grades the other half: on the half that it was chosen
    by, any order does well.

    Args:
        task: names the outputs in some order.
        network: that gave the outputs.
        outputs: (N, K) float32.
        labels: of the same N samples.
    """
    half, named = _half(labels), np.array(labels, object)
    by_half, by_rest = (
        task.fitting_order(network, outputs[some], list(named[some])) for some in (half, ~half)
    )
    graded_rest = by_half.grade(network, outputs, labels)
    return by_rest.grade(network, outputs, labels).joined(graded_rest, ~half)


def in_its_best_order(
    task: Task, network: Network, outputs: Floats, labels: Sequence[str]
) -> Grades:
    """The grades of the best order of all, which flatters: what loses even so has lost."""
    return task.fitting_order(network, outputs, labels).grade(network, outputs, labels)


def _half(labels: Sequence[str]) -> Mask:
    """Every other sample of each label."""
    met: Counter[str] = Counter()
    half = np.zeros(len(labels), bool)
    for position, label in enumerate(labels):
        half[position] = met[label] % 2 == 0
        met[label] += 1
    return half
