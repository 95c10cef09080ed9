"""Bringing a folder's content and its network together; what nobody said is worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from unicodedata import normalize

from gradcam import Network, class_count
from services.errors import ProjectError
from services.fact import Fact
from services.media.kinds import kind_of
from services.media.medium import Medium
from services.opening.check.check import Inquiry, PreprocessingCheck, check_preprocessing
from services.opening.check.naming import NamingDoubt
from services.opening.classes import classes_of, passed_over
from services.project import Project
from services.sample import LeftOut, Sample
from services.sources.content import SourceContent
from services.sources.labels.info import INFO
from services.sources.reference import SourceReference
from services.spelling import some_of
from services.tasks.registry import TASKS, recognised, refuse_unread
from services.tasks.task import Evidence, Task
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
    refuse_unread(network)
    kind.accept(network)
    network.require_layer()
    task, spelled, named = _task(content, network, facts)
    samples = _usable(_relabelled(content.labelled.samples, spelled), task, left_out)
    files = [sample.path for sample in samples]
    fitted = kind.fit(network, manifest, files, content.labelled.way_out)
    medium, check = fitted.medium.having(reference.overrides), None
    facts += fitted.facts
    tried = {option.name for option in medium.options if option.tried}
    decided = not tried or (fitted.settled and not tried & reference.overrides.keys())
    if not decided or (reference.check and tried):
        from_studio = content.labelled.labelled_by == INFO
        inquiry = Inquiry(network, medium, samples, task, fitted.told, from_studio, named)
        check = check_preprocessing(inquiry, progress)
    if check is not None and check.doubt is not None:
        facts.append(_renamed(check.doubt))
        task = check.doubt.task if check.doubt.is_taken else task
    if not decided:
        medium = _decided(medium, check, reference, facts)
    facts += [
        Fact(option.word, medium.values[option.name], "chosen by you on the Project page")
        for option in medium.options
        if option.name in reference.overrides and not option.tried
    ]
    return (
        Project(
            name=manifest.name or content.name,
            networks=(network,),
            task=task,
            samples=samples,
            medium=medium,
            facts=tuple(facts),
            left_out=tuple(left_out),
            alternatives=content.alternatives,
            held=content.held,
        ),
        check,
    )


def _task(
    content: SourceContent, network: Network, facts: list[Fact]
) -> tuple[Task, Mapping[str, str], bool]:
    """The task, the labels as it writes them by what the source wrote, and if classes are named."""
    manifest, labelled = content.manifest, content.labelled
    labels = labelled.classes(class_count(network))
    named = classes_of(content, network, labels)
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
        if claim.obstacle:
            raise ProjectError(claim.obstacle)
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
    facts += more
    return task, spelled, bool(named.names)


def _respelled(spelled: Mapping[str, str], file: str) -> Fact:
    pairs = [
        f"{label} → {name}" if normalize("NFC", label) != name else name  # alike to the eye
        for label, name in sorted(spelled.items())
    ]
    return Fact("labels", some_of(pairs, 4), f"named as in {file or 'the impulse'}")


def _relabelled(samples: Sequence[Sample], spelled: Mapping[str, str]) -> Sequence[Sample]:
    if not spelled:
        return samples
    return [replace(each, label=spelled.get(each.label or "", each.label)) for each in samples]


def _usable(samples: Sequence[Sample], task: Task, left_out: list[LeftOut]) -> tuple[Sample, ...]:
    usable = []
    for sample in samples:
        obstacle = "" if sample.label is None else task.obstacle(sample.label)
        if obstacle:
            left_out.append(LeftOut(sample.id, obstacle))
        else:
            usable.append(sample)
    if not usable:
        example = left_out[-1].reason if left_out else "there is none"
        raise ProjectError(f"No picture can be used: {example}.")
    return tuple(usable)


def _renamed(doubt: NamingDoubt) -> Fact:
    names, measure = ", ".join(doubt.task.names), doubt.task.measure
    why = (
        f"{measure.name} {measure.said(doubt.score)} in this order, "
        f"{measure.said(doubt.named_score)} in the other"
    )
    taken = "nobody named them in an order" if doubt.is_taken else "not taken"
    return Fact("order of the classes", names, f"{why}; {taken}")


def _decided(
    medium: Medium,
    check: PreprocessingCheck | None,
    reference: SourceReference,
    facts: list[Fact],
) -> Medium:
    why = "no picture can be read, so nothing could be tried; this is the usual one"
    if check is not None:
        medium, why = check.medium, check.why
    if any(option.name in reference.overrides for option in medium.options if option.tried):
        why = "chosen by you on the Project page"
        medium = medium.having(reference.overrides)
    chosen = medium.chosen
    facts.append(Fact(" and ".join(chosen), ", ".join(chosen.values()), why))
    return medium
