"""Bringing a folder's content and its network together; what nobody said is worked out."""

from __future__ import annotations

from dataclasses import replace

from gradcam import Network
from services.errors import ProjectError, Skipped
from services.fact import Fact
from services.media.kinds import kind_of, of_kind
from services.media.medium import Medium
from services.opening.check.check import (
    Inquiry,
    PreprocessingCheck,
    check_preprocessing,
    skipped_check,
)
from services.opening.check.telling import finer_fact, order_fact, way_fact, way_said, way_word
from services.opening.classes import as_picked, offered, with_own_names
from services.opening.objects import of_objects
from services.opening.outputs import understood_output
from services.project import Project
from services.sources.content import SourceContent
from services.sources.labels.info import INFO
from services.sources.reference import CLASSES, NAME, OUTPUT, SourceReference
from services.work.progress import Progress

CHOSEN = "chosen by you on the Project page"


def assemble(
    content: SourceContent, network: Network, reference: SourceReference, progress: Progress
) -> tuple[Project, PreprocessingCheck | None]:
    """Bring a folder's content and its network together, and work out what nobody said.

    Raises:
        ProjectError: classes, labels and network do not fit together.
    """
    content = of_objects(content, network)
    facts, left_out = list(content.facts), list(content.labelled.left_out)
    manifest = content.manifest
    kind = kind_of(sample.path for sample in content.labelled.samples)
    own, others = of_kind(kind, content.labelled.samples)
    left_out += others
    kind.accept(network)
    if any(sample.spans for sample in own):  # each window has a label of its own
        files, way_out = [sample.path for sample in own], content.labelled.way_out
        own = kind.fit(network, manifest, files, way_out).medium.parted(own)
    content = replace(content, labelled=replace(content.labelled, samples=own))
    content = with_own_names(content, network)
    network.require_layer()
    picks = dict(reference.picks)
    asked = as_picked(content, picks.get(CLASSES, ""))
    read, outputs = understood_output(asked, network, picks.get(OUTPUT, ""))
    network, task, samples = read.network, read.task, read.samples
    names = offered(content, network, task.names, picks.get(CLASSES, ""))
    facts += read.facts
    left_out += read.left_out
    if not samples:
        example = left_out[-1].reason if left_out else "there is none"
        raise ProjectError(f"No sample can be used: {example}.")
    files = [sample.path for sample in samples]
    fitted = kind.fit(network, manifest, files, content.labelled.way_out)
    medium, check = fitted.medium.having(reference.overrides), None
    facts += fitted.facts
    samples = medium.parted(samples)
    if network.told.numbers:
        facts.append(Fact("numbers", network.told.numbers, "as they stand in the network's file"))
    tried = {option.name for option in medium.options if option.tried}
    decided = not tried or (fitted.settled and not tried & reference.overrides.keys())
    if not decided or (reference.check and tried):
        chosen = {
            each.word: medium.values[each.name]
            for each in medium.options
            if not each.tried and each.name in reference.overrides
        }
        told = {**fitted.told, **chosen}
        from_studio = content.labelled.labelled_by == INFO
        inquiry = Inquiry(network, medium, samples, task, told, from_studio, read.named)
        try:
            with progress.skippable("Skip the check"):
                check = check_preprocessing(inquiry, progress)
        except Skipped:
            check = skipped_check(inquiry)
    if check is not None and check.doubt is not None:
        facts.append(order_fact(check.doubt, content.labelled.way_out))
        task = check.doubt.task if check.doubt.is_taken else task
    if not decided:
        medium = _decided(medium, check, reference, facts)
    facts += [
        Fact(option.word, medium.values[option.name], CHOSEN)
        for option in medium.options
        if option.name in reference.overrides and not option.tried
    ]
    return (
        Project(
            name=picks.get(NAME) or manifest.name or content.name,
            networks=(network,),
            task=task,
            samples=samples,
            medium=medium,
            facts=tuple(facts),
            left_out=tuple(left_out),
            alternatives=(*content.alternatives, *outputs, *names),
            output=read.output,
            held=content.held,
        ),
        check,
    )


def _decided(
    medium: Medium,
    check: PreprocessingCheck | None,
    reference: SourceReference,
    facts: list[Fact],
) -> Medium:
    """The medium by what the check says, and by what the person says, whose word is the last."""
    fact = None
    if check is not None:
        medium, fact = check.medium, way_fact(check)
        facts += [finer_fact(each, check) for each in check.finer]
    why = "no sample can be read, so nothing could be looked at; this is the usual one"
    if any(option.name in reference.overrides for option in medium.options if option.tried):
        medium, fact, why = medium.having(reference.overrides), None, CHOSEN
    facts.append(fact or Fact(way_word(medium), way_said(medium), why))
    return medium
