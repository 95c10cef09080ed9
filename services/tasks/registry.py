"""The tasks that there are, by their names; whoever adds one registers it here."""

from __future__ import annotations

from gradcam import Network
from services.errors import ProjectError
from services.tasks.anomaly.task import Anomaly
from services.tasks.classification.task import Classification
from services.tasks.grid.task import ObjectsByGrid
from services.tasks.multi_label.task import MultiLabel
from services.tasks.regression.task import Regression
from services.tasks.task import Claim, Evidence, Task

TASKS: dict[str, type[Task]] = {}


def register(task: type[Task]) -> None:
    """Have a task recognised, named in project.toml and taken from Edge Impulse."""
    TASKS[task.name] = task


def refuse_unread(network: Network) -> None:
    """Refuse what the core explains, but no task can read yet.

    Raises:
        ProjectError: it gives a list of boxes, or a grid beside other outputs.
    """
    if any(task.reads(network) for task in TASKS.values()):
        return
    if (table := next((head for head in network.heads if head.is_table), None)) is not None:
        raise ProjectError(
            f"{network.name} gives a list of {table.units} numbers, as detectors of boxes do (SSD, "
            "YOLO), which are not looked at here yet; objects are detected by a grid (FOMO)."
        )
    raise ProjectError(
        f"{network.name} gives a grid beside {len(network.heads) - 1} other outputs; choose one by "
        'output = "…" in project.toml.'
    )


def recognised(evidence: Evidence) -> tuple[type[Task], Claim]:
    """The task that a project without a word about it is of, and why.

    Raises:
        ProjectError: nothing speaks for any.
    """
    able = (task for task in TASKS.values() if task.reads(evidence.network))
    claims = [(task, claim) for task in able if (claim := task.claim(evidence))]
    if not claims:
        raise ProjectError(
            f"{evidence.network.name} has several outputs of values, but the labels are names; "
            "give it samples labelled with numbers."
        )
    return max(claims, key=lambda each: each[1].strength)


VALUES = Regression.name  # the task of what is read as a number

register(Classification)
register(Regression)
register(MultiLabel)
register(ObjectsByGrid)
register(Anomaly)
