"""How Studio prepares pictures for a network, in the words of this project."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from gradcam import Color, Resize, ResizeMethod, Scaling
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import InputBlock, LearnMetadata
from services.edge_impulse.place import Way
from services.fact import Fact
from services.media.words import resize_said
from services.numbers import counted
from services.sources.manifest import Manifest
from services.tasks.task import StudioWords

E = TypeVar("E", bound=StrEnum)
WHY = {
    Way.SAMPLES: "it needs no right to start jobs, and only what is new is fetched",
    Way.EXPORT: "one zip of all that the project holds, as you chose",
}


def manifest_of(
    name: str,
    task: str,
    words: StudioWords,
    entry: InputBlock,
    metadata: LearnMetadata,
    channels: str,
) -> Manifest:
    """What Studio says of a project, as a folder's project.toml would say it.

    Args:
        name: of the project.
        task: of the learning block, by its name.
        words: what the task makes of Studio's.
        entry: the input block.
        metadata: of the learning block.
        channels: `RGB` or `Grayscale`; empty where the image block does not say.

    Raises:
        StudioError: Studio uses a word that has no known meaning here.
    """
    return Manifest(
        name=name,
        task=task,
        classes=words.classes or None,
        width=entry.width,
        height=entry.height,
        resize=_known(Resize, entry.resize_mode or Resize.SQUASH, "resize mode"),
        resize_method=_known(
            ResizeMethod, entry.resize_method or ResizeMethod.LANCZOS3, "resize method"
        ),
        crop_anchor=entry.crop_anchor or "middle-center",
        color=_known(Color, channels.lower(), "colour") if channels else None,
        scaling=_known(Scaling, metadata.scaling or Scaling.UNIT, "scaling"),
        settings=MappingProxyType({task: words.settings} if words.settings else {}),
    )


def without_confidence(manifest: Manifest) -> Manifest:
    """What decides how pictures are prepared: a confidence threshold does not."""
    settings = {
        task: {name: value for name, value in numbers.items() if name != "min_score"}
        for task, numbers in manifest.settings.items()
    }
    kept = {task: numbers for task, numbers in settings.items() if numbers}
    return replace(manifest, settings=MappingProxyType(kept))


def stated(
    manifest: Manifest,
    title: str,
    metadata: LearnMetadata,
    way: Way,
    samples: int,
    of_task: tuple[Fact, ...],
) -> tuple[Fact, ...]:
    """What Studio says and what was chosen, for the person to see; `title` is the block's."""
    size = f"{manifest.width} × {manifest.height}" if manifest.width else "any size"
    method = manifest.resize_method or ResizeMethod.LANCZOS3
    resize = f"{size}, {resize_said(manifest.resize or Resize.SQUASH, method)}"
    if manifest.resize is Resize.CROP:
        resize += f", {manifest.crop_anchor}"
    facts = [
        Fact("learning block", title, "the first one that can be explained, unless chosen"),
        Fact("input", resize, "from the impulse's input block"),
        Fact("colour", str(manifest.color or "as the network takes"), "from the image block"),
        Fact("scaling", str(manifest.scaling), _why_scaling(metadata)),
        Fact("test set", f"{counted(samples, 'sample')} {_BY[way]}", WHY[way]),
    ]
    if manifest.classes:
        why = "from the learning block, in the order of the network's outputs"
        facts.insert(1, Fact("classes", _listed(manifest.classes), why))
    return (*facts, *of_task)


_BY = {Way.SAMPLES: "picture by picture", Way.EXPORT: "by export"}


def _why_scaling(metadata: LearnMetadata) -> str:
    if metadata.scaling:
        return "from the learning block"
    return "the learning block does not say, which in Studio means this"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _known(kind: type[E], word: str, what: str) -> E:
    try:
        return kind(word)
    except ValueError as error:
        raise StudioError(
            f"Studio's {what} “{word}” is not known here, so the network's input cannot be made "
            "as Studio makes it; please report it."
        ) from error
