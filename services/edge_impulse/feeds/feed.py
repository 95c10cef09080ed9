"""The face of every feed: how samples come from Studio, and how they are prepared for a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from services.edge_impulse.client import StudioClient
from services.edge_impulse.feeds.both_made import BothMade
from services.edge_impulse.model import LearnMetadata, StudioSample
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.shelf import Shelf
from services.fact import Fact
from services.media.medium import Medium
from services.sample import Sample
from services.sources.manifest import Manifest
from services.tasks.task import StudioWords


class Feed(Protocol):
    """What goes into the network of a learning block: its input and its processing blocks."""

    @property
    def word(self) -> str:
        """What one sample is called, such as `picture`."""

    def problem(self, sample: StudioSample) -> str:
        """Why a sample cannot be fed; "" where it can."""

    def folder(self, shelf: Shelf) -> Path:
        """Where the samples' files are kept, named by the samples' identities."""

    def fetch(self, client: StudioClient, project: int, sample: StudioSample) -> tuple[bytes, str]:
        """A sample's file as Studio gives it, and the ending that its name should have.

        Raises:
            StudioError: Studio refuses, sends something else, or cannot be reached.
            Cancelled: the person left.
        """

    def manifest(
        self,
        client: StudioClient,
        project: int,
        name: str,
        task: str,
        words: StudioWords,
        metadata: LearnMetadata,
    ) -> Manifest:
        """What Studio says of a project, as a folder's project.toml would say it.

        Args:
            client: asks for what the blocks are set to.
            project: its number.
            name: of the project.
            task: of the learning block, by its name here.
            words: what the task makes of Studio's.
            metadata: of the learning block.

        Raises:
            StudioError: Studio uses a word that has no known meaning here, or cannot be reached.
            Cancelled: the person left.
        """

    def parted(
        self, client: StudioClient, project: int, told: StudioSample, sample: Sample
    ) -> Sequence[Sample]:
        """A sample, or the windows of it that have labels of their own.

        Args:
            client: asks Studio for labels that nobody else can tell.
            project: its number.
            told: the sample as Studio lists it.
            sample: the same as the project has it.

        Raises:
            StudioError: Studio refuses, or cannot be reached.
            Cancelled: the person left.
        """

    def checked(
        self, client: StudioClient, project: int, manifest: Manifest, samples: Sequence[Sample]
    ) -> tuple[Manifest, Sequence[Fact]]:
        """What is made of samples here, beside what Studio makes of them.

        Args:
            client: asks Studio.
            project: its number.
            manifest: as Studio tells it.
            samples: of the test set.

        Returns:
            The manifest with what Studio left open and the comparison told, and what it says.

        Raises:
            StudioError: Studio cannot be reached, or wants a pause.
            Cancelled: the person left.
        """

    @property
    def made(self) -> str:
        """What Studio makes of a sample before its network gets it, such as `picture`."""

    def studios_own(
        self, client: StudioClient, place: StudioPlace, sample: Sample
    ) -> tuple[bytes, str]:
        """That as a file, and the ending that its name should have.

        Raises:
            StudioError: Studio refuses, sends something else, or cannot be reached.
            PictureError: the sample's own file cannot be read.
        """

    def beside(self, path: Path, medium: Medium, sample: Sample) -> BothMade:
        """That file beside what the project's medium makes of the sample.

        Raises:
            PictureError: one of both cannot be read.
        """

    def facts(self, manifest: Manifest, metadata: LearnMetadata) -> Sequence[Fact]:
        """How samples are prepared, for the person to see."""
