"""What of a sample in Studio is set; values are texts, as the log keeps them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from services.edge_impulse.model import StudioSample
from services.edge_impulse.writing import StudioWriter

TAG_KEY = "gradcam_review"  # of the sample's metadata; Studio can filter by it
TAKES_PART, DISABLED = "takes part", "disabled"


class SampleField(ABC):
    """Something of a sample that can be set."""

    name: ClassVar[str]  # in the log, for ever
    title: ClassVar[str]

    def __repr__(self) -> str:
        """Its name."""
        return self.name

    @abstractmethod
    def of(self, sample: StudioSample) -> str:
        """Its value."""

    @abstractmethod
    def put(self, writer: StudioWriter, sample: StudioSample, value: str) -> None:
        """Set it.

        Args:
            writer: of the project.
            sample: as it is now.
            value: to be.

        Raises:
            StudioError: Studio refuses, or cannot be reached.
            Cancelled: the person left.
        """


class _Tag(SampleField):
    """A word in the metadata: touches no training, and can be looked for in Studio."""

    name = "tag"
    title = "tag"

    def of(self, sample: StudioSample) -> str:
        return sample.metadata.get(TAG_KEY, "")

    def put(self, writer: StudioWriter, sample: StudioSample, value: str) -> None:
        if value:
            writer.put_metadata(sample, TAG_KEY, value)
        else:
            writer.drop_metadata(sample, TAG_KEY)


class _Label(SampleField):
    name = "label"
    title = "label"

    def of(self, sample: StudioSample) -> str:
        return sample.label

    def put(self, writer: StudioWriter, sample: StudioSample, value: str) -> None:
        writer.relabel(sample.id, value)


class _Part(SampleField):
    """Whether it takes part in the data set."""

    name = "part"
    title = "data set"

    def of(self, sample: StudioSample) -> str:
        return DISABLED if sample.disabled else TAKES_PART

    def put(self, writer: StudioWriter, sample: StudioSample, value: str) -> None:
        if value == DISABLED:
            writer.disable(sample.id)
        else:
            writer.enable(sample.id)


TAG, LABEL, PART = _Tag(), _Label(), _Part()
FIELDS = {field.name: field for field in (TAG, LABEL, PART)}
