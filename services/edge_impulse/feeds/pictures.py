"""Pictures: as Studio's input block resizes them and its image block makes them numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from gradcam import Color, Resize, ResizeMethod, Scaling
from services.edge_impulse.client import StudioClient
from services.edge_impulse.content import ending_of
from services.edge_impulse.errors import StudioError
from services.edge_impulse.feeds.both_made import BothMade
from services.edge_impulse.model import DspBlock, InputBlock, LearnMetadata, StudioSample
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.shelf import Shelf
from services.fact import Fact
from services.media.medium import Medium
from services.media.shown import read_back
from services.media.words import resize_said
from services.sample import Sample
from services.sources.manifest import Manifest
from services.tasks.task import StudioWords

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class PictureFeed:
    """A network of pictures; see `Feed`.

    Attributes:
        input: how they are resized.
        dsp: what makes their pixels numbers.
    """

    input: InputBlock
    dsp: DspBlock

    word = "picture"

    def problem(self, sample: StudioSample) -> str:
        """See `Feed.problem`."""
        return "" if sample.chart == "image" else "it is no picture"

    def folder(self, shelf: Shelf) -> Path:
        """See `Feed.folder`."""
        return shelf.pictures

    def fetch(self, client: StudioClient, project: int, sample: StudioSample) -> tuple[bytes, str]:
        """See `Feed.fetch`."""
        picture = client.picture(project, sample.id)
        return picture, ending_of(picture)

    def manifest(
        self,
        client: StudioClient,
        project: int,
        name: str,
        task: str,
        words: StudioWords,
        metadata: LearnMetadata,
    ) -> Manifest:
        """See `Feed.manifest`."""
        channels = client.channels(project, self.dsp.id)
        return picture_manifest(name, task, words, self.input, metadata, channels)

    def parted(
        self,
        client: StudioClient,  # noqa: ARG002 - a picture has no windows
        project: int,  # noqa: ARG002
        told: StudioSample,  # noqa: ARG002
        sample: Sample,
    ) -> Sequence[Sample]:
        """See `Feed.parted`."""
        return (sample,)

    def checked(
        self,
        client: StudioClient,  # noqa: ARG002 - it is compared when somebody asks for it
        project: int,  # noqa: ARG002
        manifest: Manifest,
        samples: Sequence[Sample],  # noqa: ARG002
    ) -> tuple[Manifest, Sequence[Fact]]:
        """See `Feed.checked`."""
        return manifest, ()

    made = "picture"

    def studios_own(
        self, client: StudioClient, place: StudioPlace, sample: Sample
    ) -> tuple[bytes, str]:
        """See `Feed.studios_own`."""
        picture = client.picture(place.project, sample.studio_id or 0, place.impulse)
        return picture, ending_of(picture)

    def beside(self, path: Path, medium: Medium, sample: Sample) -> BothMade:
        """See `Feed.beside`."""
        theirs, ours = read_back(path), medium.read(sample.path, sample.window).seen
        made = "as Studio resizes it"
        if theirs.shape != ours.shape:
            height, width = theirs.shape[:2]
            sizes = f"{width} × {height}, ours {medium.width} × {medium.height}"
            return BothMade(theirs, ours, made, f"Studio's picture is {sizes}.", fits=False)
        off = np.abs(theirs.astype(np.int16) - ours)
        said = (
            f"Ours differs by {off.mean():.1f} of 255 on average, {off.max()} at most. A few "
            "levels come from JPEG; more means a different resize."
        )
        return BothMade(theirs, ours, made, said)

    def facts(self, manifest: Manifest, metadata: LearnMetadata) -> Sequence[Fact]:
        """See `Feed.facts`."""
        size = f"{manifest.width} × {manifest.height}" if manifest.width else "any size"
        method = manifest.resize_method or ResizeMethod.LANCZOS3
        resize = f"{size}, {resize_said(manifest.resize or Resize.SQUASH, method)}"
        if manifest.resize is Resize.CROP:
            resize += f", {manifest.crop_anchor}"
        return (
            Fact("input", resize, "from the impulse's input block"),
            Fact("colour", str(manifest.color or "as the network takes"), "from the image block"),
            Fact("scaling", str(manifest.scaling), _why_scaling(metadata)),
        )


def picture_manifest(
    name: str,
    task: str,
    words: StudioWords,
    entry: InputBlock,
    metadata: LearnMetadata,
    channels: str,
) -> Manifest:
    """What Studio says of a project of pictures, as a folder's project.toml would say it.

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


def _why_scaling(metadata: LearnMetadata) -> str:
    if metadata.scaling:
        return "from the learning block"
    return "the learning block does not say, which in Studio means this"


def _known(kind: type[E], word: str, what: str) -> E:
    try:
        return kind(word)
    except ValueError as error:
        raise StudioError(
            f"Studio's {what} “{word}” is not known here, so the network's input cannot be made "
            "as Studio makes it; please report it."
        ) from error
