"""What Studio says of a project, as values of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from services.sample import LabelledBox

CANNOT_READ = frozenset({"ingestiononly"})


@dataclass(frozen=True)
class KeyInfo:
    """What a key opens.

    Attributes:
        project: the project's number.
        role: `admin`, `ingestion_deployment`, `ingestiononly`, `readonly`; empty where an older
            Studio does not tell.
    """

    project: int
    role: str = ""


@dataclass(frozen=True)
class ProjectInfo:
    """A project as its dashboard in Studio shows it.

    Attributes:
        id, name, owner: of the project.
        url: its page in Studio, as Studio says; may be empty.
        testing: how many samples the test set has; None where Studio does not tell.
        default_impulse: which impulse is shown first; None where there is only one.
        compute_left: seconds of computing that the project may still use; None if unlimited.
    """

    id: int
    name: str
    owner: str
    url: str
    testing: int | None
    default_impulse: int | None
    compute_left: float | None


@dataclass(frozen=True)
class InputBlock:
    """How pictures come in. Texts are Studio's own words; empty where it says nothing."""

    id: int
    type: str
    width: int | None
    height: int | None
    resize_mode: str
    resize_method: str
    crop_anchor: str


@dataclass(frozen=True)
class DspBlock:
    """What happens to pictures before the network."""

    id: int
    type: str
    name: str
    input: int | None


@dataclass(frozen=True)
class LearnBlock:
    """A network of an impulse."""

    id: int
    type: str
    name: str
    dsp: tuple[int, ...]


@dataclass(frozen=True)
class Impulse:
    """A way from input to network."""

    id: int
    name: str
    inputs: tuple[InputBlock, ...]
    dsp: tuple[DspBlock, ...]
    learn: tuple[LearnBlock, ...]


@dataclass(frozen=True)
class LearnMetadata:
    """What is known of a trained block.

    Attributes:
        created: when it was trained; names the model's version.
        class_names: in the order of the network's outputs.
        mode: `classification`, `regression`, `object-detection`, …
        scaling: of the pixels, in Studio's words; empty for `0..1`.
        trained: whether there is a model.
        thresholds: numbers by key, such as `min_score`.
    """

    created: str
    class_names: tuple[str, ...]
    mode: str
    scaling: str
    trained: bool
    thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Download:
    """A file that the project offers."""

    name: str
    type: str
    link: str


@dataclass(frozen=True)
class StudioSample:
    """A sample as Studio lists it.

    Attributes:
        id: its number.
        name: its file name in Studio; not always unique.
        label: empty where it has none.
        labels: of its parts, where several were given.
        identity: changes when the picture does.
        stored_as: its name in an export.
        hash: SHA-256 as Studio says; may be empty.
        boxes: in pixels of the original picture.
        metadata: what else was given with it.
        problem: why it takes no part; empty where it does.
    """

    id: int
    name: str
    label: str
    labels: tuple[str, ...]
    identity: str
    stored_as: str
    hash: str
    boxes: tuple[LabelledBox, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problem: str = ""


@dataclass(frozen=True)
class StudioJob:
    """Work that Studio does.

    Attributes:
        id: its number.
        created: by Studio's clock.
        succeeded: None while it runs.
    """

    id: int
    created: datetime
    succeeded: bool | None


@dataclass(frozen=True)
class StudioExport:
    """A finished export: when it was made, and where it lies for a while."""

    created: datetime
    url: str


@dataclass(frozen=True)
class TestResult:
    """What Studio's own model testing says, for one variant of the model.

    Attributes:
        variant: `float32` or `int8`.
        scores: of each sample, by its number: a score for each class, or one value.
        answers: Studio's last word on each sample; `uncertain` below its threshold.
    """

    __test__ = False  # for pytest: no test case, whatever the name

    variant: str
    scores: Mapping[int, Mapping[str, float]]
    answers: Mapping[int, str]
