"""What Studio says of a project, for the person to see."""

from __future__ import annotations

from dataclasses import fields, replace
from types import MappingProxyType

from services.edge_impulse.blocks import UsableBlock
from services.edge_impulse.model import LearnMetadata
from services.edge_impulse.place import Way
from services.fact import Fact
from services.numbers import counted
from services.sources.manifest import Manifest

WHY = {
    Way.SAMPLES: "it needs no right to start jobs, and only what is new is fetched",
    Way.EXPORT: "one zip of all that the project holds, as you chose",
}


def prepared_said(manifest: Manifest) -> str:
    """What decides how samples are prepared, in words that change with it alone."""
    told = without_confidence(manifest)
    usual = Manifest()
    values = ((each.name, getattr(told, each.name)) for each in fields(told))
    return ", ".join(f"{name}={value}" for name, value in values if value != getattr(usual, name))


def without_confidence(manifest: Manifest) -> Manifest:
    """What decides how samples are prepared: a confidence threshold does not."""
    settings = {
        task: {name: value for name, value in numbers.items() if name != "min_score"}
        for task, numbers in manifest.settings.items()
    }
    kept = {task: numbers for task, numbers in settings.items() if numbers}
    return replace(manifest, settings=MappingProxyType(kept))


def stated(
    manifest: Manifest,
    block: UsableBlock,
    metadata: LearnMetadata,
    way: Way,
    samples: int,
    of_task: tuple[Fact, ...],
) -> tuple[Fact, ...]:
    """What Studio says and what was chosen.

    Args:
        manifest: as the block's feed makes it.
        block: the learning block that was chosen.
        metadata: of it.
        way: how the test set came.
        samples: how many it has.
        of_task: what its task has to say beside.
    """
    word = block.feed.word
    by = f"{word} by {word}" if way is Way.SAMPLES else "by export"
    facts = [
        Fact("learning block", block.title, "the first one that can be explained, unless chosen"),
        *block.feed.facts(manifest, metadata),
        Fact("test set", f"{counted(samples, 'sample')} {by}", WHY[way]),
    ]
    if manifest.classes:
        why = "from the learning block, in the order of the network's outputs"
        facts.insert(1, Fact("classes", _listed(manifest.classes), why))
    return (*facts, *of_task)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
