"""Bringing a folder's content and its network together; what nobody said is worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gradcam import Network, class_count
from gradcam.head import Squash
from services.errors import ProjectError
from services.fact import Fact
from services.media.kinds import kind_of
from services.media.medium import Medium, overridden
from services.opening.preprocessing import PreprocessingCheck, check_preprocessing
from services.project import Project, Regression, Task
from services.sample import LeftOut, Sample
from services.sources.content import SourceContent
from services.sources.labels import STUDIO
from services.sources.reference import SourceReference
from services.work.progress import Progress


def assemble(
    content: SourceContent, network: Network, reference: SourceReference, progress: Progress
) -> tuple[Project, PreprocessingCheck | None]:
    """Bring a folder's content and its network together, and work out what nobody said.

    Raises:
        ProjectError: classes, labels and network do not fit together.
    """
    facts, left_out = list(content.facts), list(content.labelled.left_out)
    manifest = content.manifest
    kind = kind_of(sample.path for sample in content.labelled.samples)
    _refuse_unread(network)
    kind.accept(network)
    network.default_layer  # noqa: B018 - refuses a network that has nothing to draw
    task = _task(content, network, facts)
    output = manifest.output or 0
    if task is Task.REGRESSION and output >= network.units:
        raise ProjectError(
            f"project.toml asks for output {output}, but the network has {network.units}, "
            "numbered from 0."
        )
    if task is Task.REGRESSION and network.units > 1 and manifest.output is None:
        why = "the first is compared with the label; project.toml can name another"
        facts.append(Fact("output", f"0 of {network.units}", why))
    regression = Regression(output, Regression.threshold)
    if manifest.threshold is not None:
        regression = replace(regression, threshold=manifest.threshold)
    classes = () if task is Task.REGRESSION else _classes(content, network, facts)
    samples = _usable(content.labelled.samples, task, classes, left_out)
    files = [sample.path for sample in samples]
    fitted = kind.fit(network, manifest, files, lambda otherwise: _way_out(content, otherwise))
    medium, check = fitted.medium, None
    facts += fitted.facts
    decided = not medium.options or (fitted.settled and not reference.overrides)
    if not decided or (reference.check and medium.options):
        check = check_preprocessing(network, medium, samples, task, classes, regression, progress)
    if not decided:
        medium = _decided(medium, check, reference, fitted.told, facts)
    return (
        Project(
            name=manifest.name or content.name,
            networks=(network,),
            task=task,
            classes=classes,
            samples=samples,
            medium=medium,
            regression=regression,
            facts=tuple(facts),
            left_out=tuple(left_out),
            held=content.held,
        ),
        check,
    )


def _refuse_unread(network: Network) -> None:
    """Refuse what the core explains, but no page can show yet."""
    ways = "only classification and regression of pictures can be looked at here."
    for head in network.heads:
        if head.grid is not None:
            rows, columns = head.grid
            raise ProjectError(
                f"{network.name} gives a grid of {rows} × {columns} × {head.classes} numbers, as "
                f"object detection does; {ways}"
            )


def _task(content: SourceContent, network: Network, facts: list[Fact]) -> Task:
    if content.manifest.task:
        return content.manifest.task
    labels = {s.label for s in content.labelled.samples if s.label is not None}
    numeric = bool(labels) and all(_is_number(label) for label in labels)
    squash = network.heads[0].squash
    if len(network.heads) > 1 and labels and not numeric:
        raise ProjectError(
            f"The network has {len(network.heads)} outputs, which are read as values, "
            "but the labels are names; give it pictures labelled with numbers."
        )
    if len(network.heads) > 1:
        task, why = Task.REGRESSION, "the network has several outputs"
    elif content.class_names or content.manifest.classes or squash is Squash.SOFTMAX:
        task, why = Task.CLASSIFICATION, "the network ends in class scores"
    elif not numeric:
        task, why = Task.CLASSIFICATION, "the labels are names"
    elif len(labels) == class_count(network):
        task, why = Task.CLASSIFICATION, "there are as many labels as the network has outputs"
    else:
        task, why = Task.REGRESSION, "the labels are numbers and the network ends in values"
    facts.append(Fact("task", str(task), why))
    return task


def _classes(content: SourceContent, network: Network, facts: list[Fact]) -> tuple[str, ...]:
    count = class_count(network)
    given = content.manifest.classes or content.class_names
    if given:
        if len(given) != count:
            raise ProjectError(
                f"{len(given)} classes are named, but the network tells {count} apart; "
                + _way_out(content, "name them in the order of its outputs")
            )
        return given
    labels = {s.label for s in content.labelled.samples if s.label is not None}
    if not labels:
        facts.append(Fact("classes", f"class 0 to class {count - 1}", "nobody named them"))
        return tuple(f"class {number}" for number in range(count))
    ordered = tuple(sorted(labels))
    if len(ordered) == count:
        facts.append(Fact("classes", f"{count} names", "the labels in sorted order"))
        return ordered
    numbers = tuple(sorted(str(number) for number in range(count)))
    if set(ordered) <= set(numbers):
        why = "the labels are numbers; sorted as text, as Keras' folder loader does"
        facts.append(Fact("classes", f"0 to {count - 1}", why))
        return numbers
    shown = ", ".join(ordered[:6]) + (", …" if len(ordered) > 6 else "")
    raise ProjectError(
        f"The network tells {count} classes apart, but the pictures carry {len(ordered)} labels "
        f"({shown}); name the classes in project.toml or labels.txt."
    )


def _usable(
    samples: Sequence[Sample], task: Task, classes: Sequence[str], left_out: list[LeftOut]
) -> tuple[Sample, ...]:
    known, usable = set(classes), []
    for sample in samples:
        if sample.label is None:
            usable.append(sample)
        elif task is Task.REGRESSION and not _is_number(sample.label):
            left_out.append(LeftOut(sample.id, f"its label “{sample.label}” is not a number"))
        elif task is Task.CLASSIFICATION and sample.label not in known:
            left_out.append(
                LeftOut(sample.id, f"its label “{sample.label}” is no class of the network")
            )
        else:
            usable.append(sample)
    if not usable:
        example = left_out[-1].reason if left_out else "there is none"
        raise ProjectError(f"No picture can be used: {example}.")
    return tuple(usable)


def _decided(
    medium: Medium,
    check: PreprocessingCheck | None,
    reference: SourceReference,
    told: Mapping[str, str],
    facts: list[Fact],
) -> Medium:
    if check is not None:
        fitting = [trial for trial in check.trials if told.items() <= trial.medium.chosen.items()]
        medium = (fitting or check.trials)[0].medium
        tried = f"{len(check.trials)} tried on {check.samples} labelled pictures"
        why = f"the best of {tried}" if check.tells else f"{tried}, all alike: nothing tells it"
    else:
        why = "no picture is labelled, so nothing could be tried; this is the usual one"
    if reference.overrides:
        why = "chosen by you on the Project page"
        medium = overridden(medium, reference.overrides)
    chosen = medium.chosen
    facts.append(Fact(" and ".join(chosen), ", ".join(chosen.values()), why))
    return medium


def _way_out(content: SourceContent, otherwise: str) -> str:
    if content.labelled.labelled_by == STUDIO:
        return "the impulse was changed after the training: train it again in Studio."
    return f"{otherwise}."


def _is_number(label: str) -> bool:
    try:
        value = float(label)
    except ValueError:
        return False
    return value == value and abs(value) != float("inf")  # noqa: PLR0124 - NaN is a class name
