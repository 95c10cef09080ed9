"""Another order of the classes: told where it fits far better than the one they are named in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Network
from services.opening.check.ruling import SURELY
from services.opening.check.trials import Trial
from services.tasks.task import Task


@dataclass(frozen=True)
class NamingDoubt:
    """An order of the classes that fits far better than the one they are named in.

    Attributes:
        task: with its outputs named in that order.
        score: the task's measure in that order.
        named_score: and in the order that the project has.
        is_taken: whether the project takes it; else a person has to.
    """

    task: Task
    score: float
    named_score: float
    is_taken: bool


def naming_doubt(
    task: Task,
    network: Network,
    trial: Trial,
    labels: Sequence[str],
    is_named: bool,
) -> NamingDoubt | None:
    """Another order that fits far better, if any.

    One that people often have is taken where nobody named the classes; any other is only told,
    since a network that takes its classes for each other looks the same.

    Args:
        task: names the outputs.
        network: gave its outputs.
        trial: with the preprocessing that is taken.
        labels: of the samples of that trial.
        is_named: whether somebody named the classes in an order.
    """
    own, outputs = trial.grades.score, trial.outputs
    for order in task.usual_orders:
        grades = order.grade(network, outputs, labels)
        if grades.beats(trial.grades) <= SURELY:
            return NamingDoubt(order, grades.score, own, not is_named)
    if trial.unnamed.beats(trial.grades) <= SURELY:
        order = task.fitting_order(network, outputs, labels)
        return NamingDoubt(order, trial.flattered.score, own, is_taken=False)
    return None
