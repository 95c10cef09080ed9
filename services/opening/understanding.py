"""What a network was trained to say, by its end, the labels and what the source names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from gradcam import Network, class_count
from services.fact import Fact
from services.opening.classes import classes_of, passed_over
from services.sample import LeftOut, Sample
from services.sources.content import SourceContent
from services.sources.labels.detection import by_boxes
from services.sources.labels.folders import without_the_only_one
from services.spelling import some_of
from services.tasks.registry import TASKS, recognised, refuse_unread
from services.tasks.task import Evidence, Task

NO_CLASS = (
    "boxes of no class that the network knows: they are drawn, and nothing is counted by them"
)


@dataclass(frozen=True)
class Understood:
    """A network with the task that it and the labels make.

    Attributes:
        network: that is asked.
        task: settled.
        samples: those that take part, with labels as the task writes them; maybe none.
        left_out: the others.
        facts: what was worked out.
        named: whether somebody named the classes, in the order of the outputs.
        output: which of several outputs is asked; None for all that there are.
    """

    network: Network
    task: Task
    samples: tuple[Sample, ...]
    left_out: tuple[LeftOut, ...]
    facts: tuple[Fact, ...]
    named: bool
    output: int | None = None


def understood(content: SourceContent, network: Network) -> Understood:
    """Work out the task of a network and its samples.

    Raises:
        ProjectError: classes, labels and network do not fit together.
    """
    refuse_unread(network)
    manifest, labelled, facts = content.manifest, content.labelled, list[Fact]()
    named = classes_of(content, network, labelled.classes(class_count(network)))
    labelled = without_the_only_one(labelled, class_count(network), named.names)
    facts += labelled.facts[len(content.labelled.facts) :]
    labels = labelled.classes(class_count(network))
    evidence = Evidence(
        network,
        labels,
        named.names,
        way_out=labelled.way_out,
        first=named.first,
        named_in=named.file,
        labelled_in=labelled.labelled_by,
    )
    if manifest.task:
        kind = TASKS[manifest.task]
    else:
        kind, claim = recognised(evidence)
        facts.append(Fact("task", kind.name, claim.why))
    spelled = kind.spelled(evidence)
    evidence = replace(
        evidence,
        labels=frozenset(spelled.get(label, label) for label in labels),
        settings=manifest.settings.get(kind.name, {}),
    )
    task, more = kind.settled(evidence)
    if named.how:
        facts.append(Fact("classes", named.file, named.how))
    facts += passed_over(content, named, network)
    if spelled:
        facts.append(_respelled(spelled, named.file))
    if kind.reads_boxes and (strange := sorted(evidence.labels - set(task.names))):
        facts.append(Fact("boxes", some_of(strange), NO_CLASS, warns=True))
    relabelled = _relabelled(labelled.samples, spelled)
    if kind.reads_boxes and spelled:
        relabelled = [
            each if each.label is None else replace(each, label=by_boxes(each))
            for each in relabelled
        ]
    samples, left_out = _usable(relabelled, task)
    return Understood(network, task, samples, left_out, (*facts, *more), bool(named.names))


def _respelled(spelled: Mapping[str, str], file: str) -> Fact:
    pairs = [
        f"{label} → {name}" if normalize("NFC", label) != name else name  # alike to the eye
        for label, name in sorted(spelled.items())
    ]
    return Fact("labels", some_of(pairs, 4), f"named as in {file or 'the impulse'}")


def _relabelled(samples: Sequence[Sample], spelled: Mapping[str, str]) -> Sequence[Sample]:
    if not spelled:
        return samples
    return [_respelt(each, spelled) for each in samples]


def _respelt(sample: Sample, spelled: Mapping[str, str]) -> Sample:
    label = spelled.get(sample.label or "", sample.label)
    boxes = tuple(replace(box, label=spelled.get(box.label, box.label)) for box in sample.boxes)
    return replace(sample, label=label, boxes=boxes)


def _usable(
    samples: Sequence[Sample], task: Task
) -> tuple[tuple[Sample, ...], tuple[LeftOut, ...]]:
    usable, left_out = [], []
    for sample in samples:
        obstacle = "" if sample.label is None else task.obstacle(sample.label)
        if obstacle:
            left_out.append(LeftOut(sample.id, obstacle))
        else:
            usable.append(sample)
    return tuple(usable), tuple(left_out)
