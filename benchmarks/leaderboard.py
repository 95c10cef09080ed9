"""Which methods' heatmaps are true? All of them over the demo's test sets, with their controls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

import gradcam
from benchmarks.table import Board, Note
from benchmarks.timing import QUICK, Effort
from gradcam import truth
from gradcam.arrays import Floats
from gradcam.focus import Box
from gradcam.methods import run_method
from services.opening.opening import prepare_source
from services.project import Project
from services.sample import Sample
from services.sources.reference import parse_reference
from services.work.progress import Progress

SLOWEST, FEW = {"lime", "rise"}, 24  # a second and more a picture: on so many of them
QUICK_COUNT = 8
CHUNK = 64
BESIDE = 0.04  # of the shorter side still points at a box: 15 of a photograph's 375 pixels
ORACLE = "The boxes themselves"
CHANCE = ("random-map", "uniform-map")


@dataclass(frozen=True)
class Course:
    """The pictures of one demo on which methods compete.

    Attributes:
        title: above the table.
        project: with the network.
        samples: those that take part, N.
        batch: (N, height, width, channels) float32.
        sizes: height and width of the original pictures.
        target: what is explained on all of them.
        right: labels of the boxes that the network goes by; see the note of `covering`.
    """

    title: str
    project: Project
    samples: tuple[Sample, ...]
    batch: Floats
    sizes: tuple[tuple[int, int], ...]
    target: gradcam.Target
    right: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.samples)

    def thinned(self, count: int) -> Course:
        """So many of its pictures, evenly taken."""
        if count >= len(self):
            return self
        return self.only(np.linspace(0, len(self) - 1, count).round().astype(int).tolist())

    def only(self, places: Sequence[int]) -> Course:
        """Some of its pictures."""
        return replace(
            self,
            samples=tuple(self.samples[place] for place in places),
            batch=self.batch[places],
            sizes=tuple(self.sizes[place] for place in places),
        )

    @cached_property
    def probe(self) -> gradcam.Probe:
        return gradcam.Probe(self.project.network, self.batch, targets=self.target, chunk=CHUNK)

    def boxes(self, number: int, labels: Sequence[str] = ()) -> list[Box]:
        """Boxes of one picture, the right ones or those with some labels, in its own pixels."""
        wanted = labels or self.right
        found = (box for box in self.samples[number].boxes if box.label in wanted)
        return [(box.x, box.y, box.width, box.height) for box in found]

    def box_map(self, number: int, labels: Sequence[str] = ()) -> Floats:
        """One inside the boxes and zero outside, at the network's input."""
        drawn = np.zeros((*self.sizes[number], 3), np.uint8)
        for left, top, width, height in self.boxes(number, labels):
            drawn[round(top) : round(top + height), round(left) : round(left + width)] = 255
        return gradcam.fitted(drawn, self.project.medium.spec)[..., 0] / np.float32(255.0)


@dataclass(frozen=True)
class Standing:
    """What one method reached, on the mean over its pictures; columns as in `HEADS`."""

    name: str
    title: str
    control: bool
    count: int
    figures: truth.MapFigures
    pointing: float
    energy: float
    blank: int
    milliseconds: float
    is_value: bool

    @property
    def gap(self) -> float:
        """How far both curves lie apart, in the direction that is good."""
        apart = self.figures.insertion.area - self.figures.deletion.area
        return -apart if self.is_value else apart

    def cells(self) -> tuple[str, ...]:
        own = self.figures
        seen = (
            (f"{own.change:.3f}",)
            if self.is_value
            else (f"{own.drop:.1%}".replace("%", " %"), f"{own.increase:.0%}".replace("%", " %"))
        )
        return (
            f"*{self.title}*" if self.control else self.title,
            f"{self.gap:.3f}",
            f"{own.deletion.area:.3f}",
            f"{own.insertion.area:.3f}",
            *seen,
            f"{self.pointing:.0%}".replace("%", " %"),
            f"{self.energy:.0%}".replace("%", " %"),
            f"{self.milliseconds:.1f}" if self.milliseconds else "–",
            str(self.count),
        )


SCORE_HEAD = (
    "method", "apart ↑", "deletion ↓", "insertion ↑", "drop ↓", "increase ↑", "pointing ↑",
    "energy ↑", "ms", "pictures",
)  # fmt: skip
VALUE_HEAD = (
    "method", "apart ↑", "change by deletion ↑", "left by insertion ↓", "left as seen ↓",
    "pointing ↑", "energy ↑", "ms", "pictures",
)  # fmt: skip


def rows(effort: Effort) -> Iterator[Board | Note]:
    """A table for each demo."""
    for whole in (cars(), gauge()):
        course = whole.thinned(QUICK_COUNT) if effort == QUICK else whole
        standings = compete(course)
        is_value = standings[0].is_value
        head = VALUE_HEAD if is_value else SCORE_HEAD
        shown = [each for each in standings if not each.control or each.count == len(course)]
        yield Board(course.title, head, tuple(each.cells() for each in shown))
        yield Note(f"{course.title}: {judged(standings)}")
        blank = [f"{each.title} {each.blank}" for each in standings if each.blank]
        if blank:
            yield Note(f"{course.title}: maps without any heat: {', '.join(blank)}.")
        yield Note(f"{course.title}: {covering(course)}")
    yield Note(
        f"Pointing counts what is {BESIDE:.0%} of the picture's side beside a box as well. "
        "Controls are in italics. Apart: insertion less deletion, or the other way about for a "
        "value. Drop, increase and *as seen*: the picture through its heatmap; a uniform map shows "
        f"all of it and so loses nothing. Where something is taken away stands {truth.USUAL_FILL}. "
        f"LIME and RISE, a second and more a picture, on {FEW} pictures evenly taken, "
        "and judged by the controls on these."
    )
    yield Note(
        "Gauge: a value has no best end, so the curves are of its distance from that of the whole "
        "picture, and what counts most is hottest, whether it raises the value or lowers it."
    )


def cars() -> Course:
    """What the network calls a car, whether or not it is one; each has a car or a stamp."""
    project = _opened("cars")
    car = project.task.names.index("car")
    course = _course("Cars", project, gradcam.Target.for_class(car), ("car", "stamp"))
    called = project.network.predict(course.batch).argmax(axis=1) == car
    return course.only(np.flatnonzero(called).tolist())


def gauge() -> Course:
    """All pictures of the gauge."""
    return _course(
        "Gauge", _opened("gauge"), gradcam.Target.for_output(0), ("needle", "second hand")
    )


def compete(course: Course) -> list[Standing]:
    """All methods and the boxes, best first."""
    few = course.thinned(FEW)
    found = []
    for method in gradcam.METHODS.values():
        found.append(_standing(few if method.name in SLOWEST else course, method))
        if method.control and few is not course:  # what the slowest are judged by
            found.append(_standing(few, method))
    boxes = np.stack([course.box_map(number) for number in range(len(course))])
    found.append(_measured(course, "boxes", ORACLE, boxes, control=True))
    return sorted(found, key=lambda standing: -standing.gap)


def judged(standings: Sequence[Standing]) -> str:
    """Whether chance is last, and who loses to the mean activation, on the same pictures."""
    is_value = standings[0].is_value
    sign = -1.0 if is_value else 1.0
    goodness: dict[str, Callable[[Standing], float]] = {
        "deletion": lambda standing: -sign * standing.figures.deletion.area,
        "insertion": lambda standing: sign * standing.figures.insertion.area,
        "pointing": lambda standing: standing.pointing,
    }
    said = []
    for name, good in goodness.items():
        lost, behind = [], []
        for each in standings:
            beside = {one.name: good(one) for one in standings if one.count == each.count}
            if each.control:
                continue
            if good(each) <= max(beside[chance] for chance in CHANCE):
                lost.append(each.title)
            elif good(each) < beside["mean-activation"]:
                behind.append(each.title)
        last = f"no better than chance: {_all(lost)}" if lost else "random and uniform are last"
        said.append(f"{name}: {last}; below mean activation: {_all(behind)}")
    return ". ".join(said) + "."


def covering(course: Course) -> str:
    """Which boxes the network goes by: what covering each sort of them changes."""
    labels = sorted({box.label for sample in course.samples for box in sample.boxes})
    said = []
    for label in labels:
        changes = []
        for number in range(len(course)):
            if course.boxes(number, [label]):
                mask = course.box_map(number, [label])[None]
                (covered,) = truth.values_without(course.probe, number, mask)
                changes.append(abs(course.probe.value(number) - float(covered)))
        said.append(f"{label} {np.mean(changes):.2f} ({len(changes)} pictures)")
    return (
        f"right are the boxes of {' and '.join(course.right)}, since the network goes by them: "
        f"covering a sort of box changes the output on the mean by: {', '.join(said)}."
    )


def _all(titles: Sequence[str]) -> str:
    return ", ".join(titles) or "none"


def _standing(course: Course, method: gradcam.Method) -> Standing:
    run_method(course.thinned(1).probe, method)  # traced, paged in
    start = time.perf_counter()
    maps = run_method(course.probe, method).maps
    took = (time.perf_counter() - start) * 1e3 / len(course)
    return _measured(course, method.name, method.title, maps, took, control=method.control)


def _measured(
    course: Course, name: str, title: str, maps: Floats, took: float = 0.0, *, control: bool
) -> Standing:
    is_value = course.target.kind is gradcam.TargetKind.OUTPUT
    heats = [truth.bare_heat(np.abs(raw) if is_value else raw) for raw in maps]
    blank = [not heat.any() for heat in heats]
    pointed, energies = [], []
    for number, (heat, empty) in enumerate(zip(heats, blank, strict=True)):
        height, width = course.sizes[number]
        even = np.ones_like(heat)  # what a map without heat says of any place
        placed = course.project.medium.place(
            even if empty else heat, (width, height), (width, height)
        )
        tolerance = BESIDE * min(height, width)
        pointed.append(gradcam.pointing(placed, course.boxes(number), tolerance))
        energies.append(gradcam.focus(placed, course.boxes(number)).boxes)
    found = [truth.map_figures(course.probe, number, raw) for number, raw in enumerate(maps)]
    return Standing(
        name,
        title,
        control,
        len(course),
        truth.MapFigures.mean(found),
        float(np.mean(pointed)),
        float(np.mean(energies)),
        sum(blank),
        took,
        is_value,
    )


def _opened(name: str) -> Project:
    return prepare_source(parse_reference(f"demo:{name}"), Progress()).project


def _course(title: str, project: Project, target: gradcam.Target, right: tuple[str, ...]) -> Course:
    read = [project.medium.read(sample.path, sample.window) for sample in project.samples]
    batch = np.stack([each.tensor for each in read])
    sizes = tuple((each.size[1], each.size[0]) for each in read)
    return Course(title, project, project.samples, batch, sizes, target, right)
