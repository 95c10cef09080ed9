"""A few answers of every task, small enough to be judged by hand. Another task is another case."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from gradcam import Network
from gradcam.box import Box
from gradcam.input_spec import Placement
from services.sample import LabelledBox, Sample
from services.tasks.anomaly.task import Anomaly
from services.tasks.answers import Answers
from services.tasks.classification.task import Classification
from services.tasks.geometry import Geometry
from services.tasks.grid.task import ObjectsByGrid
from services.tasks.multi_label.task import MultiLabel
from services.tasks.regression.task import Regression
from services.tasks.task import Task
from tests.services.projects import of_units
from tests.services.tasks.checklist import Checklist

NAN = float("nan")
ENDS = ("low", "high")


@dataclass(frozen=True)
class Case:
    """A task with what a network said.

    Attributes:
        task: in question.
        labels, outputs: of each sample.
        correct: of each sample by hand: 1, 0 or NaN.
        parts: the same of each part.
        said: what is said of the first sample.
        boxes: what is labelled on each, in pixels of pictures of 30 × 10, all seen.
        grid: rows and columns of cells of the outputs.
        cannot: what this task has none of: `against`, `views`, `limit`, `names` to filter by.
    """

    task: Task
    labels: tuple[str | None, ...]
    outputs: tuple[tuple[float, ...], ...]
    correct: tuple[float, ...]
    parts: tuple[tuple[float, ...], ...]
    said: str
    cannot: frozenset[str] = field(default_factory=frozenset)
    boxes: tuple[tuple[LabelledBox, ...], ...] = ((),) * 4
    grid: tuple[int, int] | None = None

    @property
    def samples(self) -> tuple[Sample, ...]:
        both = enumerate(zip(self.labels, self.boxes, strict=True))
        return tuple(Sample(f"{'dacb'[i]}.png", None, label, own) for i, (label, own) in both)

    def asked(self, network: Network) -> Network:
        """The network as if it had the outputs by hand."""
        return of_units(network, len(self.outputs[0]), self.grid)

    def read(self, network: Network) -> Answers:
        outputs = np.array(self.outputs, np.float32)
        return self.task.read(self.asked(network), self.samples, outputs, whole)


def whole(_position: int) -> Geometry:
    """Pictures that the network sees as they are."""
    size = Box(0, 0, 30, 10)
    return Geometry(Placement(size, size), (30, 10), (30, 10))


CASES = {
    "classification": Case(
        Classification(("bus", "car", "van")),
        ("car", "bus", None, "van"),
        ((0.1, 0.8, 0.1), (0.3, 0.5, 0.2), (0.0, 0.1, 0.9), (0.2, 0.3, 0.5)),
        (1, 0, NAN, 1),
        ((1,), (0,), (NAN,), (1,)),
        "car 80\u00a0%",
        frozenset({"views", "limit"}),
    ),
    "one unit": Case(
        Classification(("no", "yes"), 0.5),
        ("yes", "yes", None, "no"),
        ((0.8,), (0.3,), (0.9,), (0.1,)),
        (1, 0, NAN, 1),
        ((1,), (0,), (NAN,), (1,)),
        "yes 80\u00a0%",
        frozenset({"views"}),
    ),
    "regression": Case(
        Regression(1, 0.25),
        ("1", "0.5", None, "-1"),
        ((9.0, 1.25), (9.0, 0.75001), (9.0, 3.0), (9.0, -0.5)),
        (1, 0, NAN, 0),
        ((1,), (0,), (NAN,), (0,)),
        "1 → 1.25 (+0.25)",
        frozenset({"against", "names"}),
    ),
    "multi-label": Case(
        MultiLabel(("red", "green", "blue")),
        ("red|green", "blue", None, "-"),
        ((0.9, 0.6, 0.2), (0.6, 0.1, 0.8), (0.9, 0.9, 0.9), (0.1, 0.5, 0.3)),
        (1, 0, NAN, 1),
        ((1, 1, 1), (0, 1, 1), (NAN, NAN, NAN), (1, 1, 1)),
        "red, green",
        frozenset({"against"}),
    ),
    "objects": Case(
        ObjectsByGrid(("background", "cross", "box")),
        ("box|cross", "cross", None, "-"),
        (
            (0.1, 0.9, 0.0, 0.2, 0.0, 0.8, 0.3, 0.6, 0.1),
            (0.8, 0.2, 0.0, 0.2, 0.1, 0.7, 1.0, 0.0, 0.0),
            (0.1, 0.9, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
            (1.0, 0.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.0, 0.0),
        ),
        (1, 0, NAN, 1),
        ((1, 1, 1), (0, 0), (NAN,), ()),
        "2 cross, 1 box",
        boxes=(
            (
                LabelledBox("cross", 2, 2, 6, 6),
                LabelledBox("box", 12, 1, 6, 8),
                LabelledBox("cross", 23, 3, 4, 4),
            ),
            (LabelledBox("cross", 1, 1, 8, 8),),
            (),
            (),
        ),
        grid=(1, 3),
    ),
    "anomaly": Case(
        Anomaly(("good", "hole", "scratch"), 0.5),
        ("hole", "scratch", None, "good"),
        ((0.1, 0.8), (0.3, 0.4), (0.0, 0.9), (0.1, 0.2)),
        (1, 0, NAN, 1),
        ((1,), (0,), (NAN,), (1,)),
        "hole → anomaly 0.8",
        frozenset({"against"}),
        grid=(1, 2),
    ),
    "checklist": Case(
        Checklist(("red", "green", "blue")),
        ("yyn", "nny", None, "nnn"),
        ((0.9, 0.5, 0.2), (0.6, 0.1, 0.8), (0.9, 0.9, 0.9), (0.1, 0.4, 0.3)),
        (1, 0, NAN, 1),
        ((1, 1, 1), (0, 1, 1), (NAN, NAN, NAN), (1, 1, 1)),
        "yyn → yyn",
        frozenset({"against"}),
    ),
}


def sieve(**changes):
    """What a person wants to see: everything, unless told."""
    bounds = dict.fromkeys(f"{of}_{end}" for of in ("true", "predicted", "error") for end in ENDS)
    asked = {
        "true_class": "",
        "predicted_class": "",
        "object_verdict": "",
        "low": 0,
        "high": 100,
        **bounds,
        **changes,
    }
    return SimpleNamespace(**asked)
