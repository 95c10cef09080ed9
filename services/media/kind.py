"""What a kind of samples has to answer before a project can hold its medium."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from gradcam import Color, Network, Resize, ResizeMethod, Scaling
from services.fact import Fact
from services.media.medium import Medium
from services.media.sound.features import Features


class Given(Protocol):
    """What a source says of its network's input; None where it says nothing."""

    @property
    def width(self) -> int | None:
        """Columns of the tensor."""

    @property
    def height(self) -> int | None:
        """Rows of the tensor."""

    @property
    def resize(self) -> Resize | None:
        """How a picture of another shape is made to fit."""

    @property
    def resize_method(self) -> ResizeMethod | None:
        """The interpolation."""

    @property
    def crop_anchor(self) -> str | None:
        """Which part a crop keeps."""

    @property
    def color(self) -> Color | None:
        """Order of the channels."""

    @property
    def scaling(self) -> Scaling | None:
        """What happens to pixels."""

    @property
    def mean(self) -> tuple[float, ...]:
        """What is subtracted from pixels; empty where it says nothing."""

    @property
    def deviation(self) -> tuple[float, ...]:
        """What they are divided by then; likewise."""

    @property
    def exif(self) -> bool | None:
        """Whether a camera's note on the orientation is heeded."""

    @property
    def white(self) -> float | None:
        """The number that is white in pictures of more than eight bits."""

    @property
    def array(self) -> str | None:
        """Which array counts, in files that hold several."""

    @property
    def features(self) -> Features | None:
        """What is made of sounds."""


@dataclass(frozen=True)
class Fitted:
    """A medium that fits a network.

    Attributes:
        medium: with the usual values for what nobody said.
        told: what the source itself said of the options, by `Option.word`.
        settled: whether nothing is left to be tried.
        facts: what was worked out.
    """

    medium: Medium
    told: Mapping[str, str]
    settled: bool
    facts: tuple[Fact, ...] = ()


HEAD = 64  # bytes of a file that tell what it is


class MediumKind(Protocol):
    """A kind of samples: which files they are, and how a network gets them."""

    @property
    def word(self) -> str:
        """What several of them are called."""

    def holds(self, name: PurePath, head: Callable[[], bytes]) -> bool:
        """Whether a file is one of them.

        Args:
            name: its path, on a disk or within a zip.
            head: reads its first `HEAD` bytes; called only where the name says too little.
        """

    def accept(self, network: Network) -> None:
        """Look whether a network takes such samples.

        Raises:
            ProjectError: it does not.
        """

    def fit(
        self,
        network: Network,
        given: Given,
        files: Sequence[Path],
        way_out: Callable[[str], str],
    ) -> Fitted:
        """The medium of a project.

        Args:
            network: that has to take the samples.
            given: what the source says.
            files: some samples.
            way_out: ends a refusal with what a person can do, from what can be done in a folder.

        Raises:
            ProjectError: what is given does not fit the network.
        """
