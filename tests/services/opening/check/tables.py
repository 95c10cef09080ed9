"""Tables in place of networks: what is said of each picture in each way is written down."""

from dataclasses import dataclass

import numpy as np

from gradcam import Scaling
from gradcam.head import Head, Squash
from services.opening.check.pictures import Handful
from services.opening.check.trials import Bench
from services.sample import Sample
from services.tasks.classification.task import Classification
from services.work.progress import Progress


@dataclass(frozen=True)
class Way:
    """A medium that hands over the numbers of its pictures, and its own name before each."""

    scaling: str
    colour: str = "rgb"
    options = ()

    @property
    def chosen(self):
        return {"scaling": self.scaling, "colour": self.colour}

    @property
    def blue_first(self):
        return self.colour == "bgr"

    def tensors(self, cuts):
        return [(self, cut) for cut in cuts]


class Table:
    """A network of which every answer is known: the class that it calls picture i in each way."""

    preprocessing = topology = None
    abilities = frozenset()

    def __init__(self, classes, calls):
        self.heads = (Head(Squash.SOFTMAX, classes),)
        self.units, self.digest = classes, ""
        self.calls = calls
        self.asked = []

    def predict(self, batch):
        self.asked += batch
        return np.eye(self.units, dtype=np.float32)[[self.calls[way][cut] for way, cut in batch]]


WAYS = [Way(str(scaling), colour) for colour in ("rgb", "bgr") for scaling in list(Scaling)[:6]]
USUAL, RAW, BGR = Way("0..1"), Way("0..255"), Way("0..1", "bgr")


def table(true, calls, names="abcdefghijkl", *, ways=WAYS):
    """A bench on which a network says what is written; of other ways it always says 0.

    Args:
        true: the class of each picture.
        calls: what it says of each picture, by way.
        names: of the classes.
        ways: all that there are.
    """
    classes = max(max(true) + 1, 2)
    whole = {way: list(calls.get(way, [0] * len(true))) for way in ways}
    network, task = Table(classes, whole), Classification(tuple(names[:classes]))
    samples = tuple(Sample(f"{i}", None, names[each]) for i, each in enumerate(true))
    handful = Handful(samples, np.arange(len(true)))
    return Bench(network, task, handful, Progress()), network


def wrong_at(true, *positions):
    """Answers that are right but for some positions, where they are the next class."""
    classes = max(true) + 1
    return [(each + 1) % classes if i in positions else each for i, each in enumerate(true)]
