"""Objects of two networks, joined by hand: hits that break, alarms that come and go."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from gradcam.box import Box
from services.predictions.comparison import network_comparison
from services.predictions.predictions import Predictions
from services.sample import LabelledBox, Sample
from services.tasks.flips import Flip
from services.tasks.grid.flips import NamedBox, same_objects
from services.tasks.grid.task import ObjectsByGrid
from tests.services import projects
from tests.services.projects import of_units, project_of

CLASSES = ("background", "cross", "box")
COLUMNS = 6  # cells, 10 pixels wide each
NONE = (1.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(projects.redness_scored("sigmoid"), "n.h5")


def told(network, rows, boxes, classes=CLASSES, label="some"):
    """Predictions of which each cell's scores are known; `rows` are {column: scores} a sample."""
    samples = tuple(Sample(f"{number}.png", None, label, own) for number, own in enumerate(boxes))
    outputs = np.array(
        [[row.get(column, NONE) for column in range(COLUMNS)] for row in rows], np.float32
    ).reshape(len(rows), -1)
    asked = of_units(network, outputs.shape[1], (1, COLUMNS))
    project = project_of(asked, samples, task=ObjectsByGrid(classes))
    project = replace(project, medium=wide(project.medium))
    sizes = np.tile([60, 10], (len(samples), 1))
    digests = tuple(f"digest of {sample.id}" for sample in samples)
    return Predictions(project, samples, digests, outputs, outputs, sizes, (), 0)


def wide(medium):
    """Pictures of 60 × 10 pixels, which the network sees as they are."""
    return replace(medium, spec=replace(medium.spec, width=60, height=10))


def labelled(name, column):
    return LabelledBox(name, 10.0 * column, 0.0, 10.0, 10.0)


CROSS, BOX, WEAK = (0.1, 0.9, 0.0), (0.0, 0.2, 0.8), (0.7, 0.3, 0.0)
BOXES = (
    (labelled("cross", 0), labelled("box", 3)),
    (labelled("cross", 0), labelled("cross", 5)),
    (labelled("box", 2),),
)
HERE = [{0: CROSS, 3: BOX}, {0: CROSS, 3: BOX}, {2: CROSS, 5: CROSS}]
#        a cross is lost    a miss is mended; the alarm goes   another class; the alarm moves a cell
THERE = [{0: WEAK, 3: BOX}, {0: CROSS, 5: CROSS}, {4: CROSS, 2: BOX, 0: BOX}]


def summed(parts):
    return [(p.sample, p.named, p.said_here, p.said_there, str(p.flip), p.labelled) for p in parts]


def test_each_object_is_joined_with_itself(network):
    both = network_comparison(told(network, HERE, BOXES), told(network, THERE, BOXES))
    kept = [p for p in both.parts.parts if p.flip is Flip.KEPT]
    assert [(p.sample, p.here, p.there) for p in kept] == [(0, 1, 1), (1, 0, 0)]
    assert summed(p for p in both.parts.parts if p.flip is not Flip.KEPT) == [
        (0, "cross", "hit 90\u00a0%", "missed", "broken", True),
        (1, "cross", "missed", "hit 90\u00a0%", "mended", True),
        (1, "box", "false alarm 80\u00a0%", "nothing", "mended", False),
        (2, "box", "wrong class: cross 90\u00a0%", "hit 80\u00a0%", "mended", True),
        (2, "box", "nothing", "false alarm 80\u00a0%", "broken", False),
    ]
    paired = both.parts.paired
    assert (paired.both, paired.broken, paired.mended, paired.neither) == (2, 1, 2, 0)
    assert [row["flip"] for row in both.parts.rows()] == [
        "broken", "false alarm won", "mended", "mended", "false alarm lost",
    ]  # fmt: skip
    assert [row["sample"] for row in both.parts.rows()] == [
        "0.png", "2.png", "1.png", "2.png", "1.png",
    ]  # fmt: skip


def test_classes_may_stand_in_another_order(network):
    turned = [{column: (one[0], one[2], one[1]) for column, one in row.items()} for row in THERE]
    other = told(network, turned, BOXES, ("background", "box", "cross"))
    both = network_comparison(told(network, HERE, BOXES), other)
    straight = network_comparison(told(network, HERE, BOXES), told(network, THERE, BOXES))
    assert both.parts.rows() == straight.parts.rows()
    assert [figure.text for figure in both.parts.figures] == ["61.1\u00a0%"]
    assert both.agrees.tolist() == straight.agrees.tolist() == [False, False, False]


def test_a_network_beside_itself_flips_no_object(network):
    own = told(network, HERE, BOXES)
    both = network_comparison(own, own)
    assert both.parts.rows() == []
    assert both.agreement == 1.0
    assert [figure.text for figure in both.parts.figures] == ["100.0\u00a0%"]


def test_the_same_class_elsewhere_is_another_answer(network):
    boxes = ((labelled("cross", 0),),)
    here, there = (told(network, [{column: CROSS}], boxes) for column in (0, 4))
    assert not network_comparison(here, there).agrees[0]
    near = told(network, [{1: CROSS}], boxes)
    assert network_comparison(here, near).agrees[0]


def test_what_nobody_labelled_flips_nothing(network):
    here, there = (told(network, rows, ((),) * 3, label=None) for rows in (HERE, THERE))
    assert network_comparison(here, there).parts.parts == ()


def test_another_rule_than_objects_has_no_parts(network):
    own = told(network, HERE, BOXES)
    classes = projects.said(network, [("0.png", "a")], classes=("a", "b"), outputs=[[0.1, 0.9]])
    assert network_comparison(own, classes).parts is None


def test_the_nearest_are_one_and_each_is_so_once():
    def at(x, name="cross"):
        return NamedBox(name, Box(x, 0.0, 0.1, 0.1))

    assert same_objects([at(0.1), at(0.2)], [at(0.21), at(0.35)]) == {1: 0}
    assert same_objects([at(0.1), at(0.3)], [at(0.25), at(0.4)]) == {1: 0}
    assert same_objects([at(0.1)], [at(0.1, "box")]) == {}
    assert same_objects([at(0.1)], [at(0.301)]) == {}
    assert same_objects([], [at(0.1)]) == {}
