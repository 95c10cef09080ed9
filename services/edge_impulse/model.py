"""What Studio says of a project, as values of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from services.sample import LabelledBox
from services.tasks.other_answer import OtherAnswer

MAY_WRITE = "admin"
CANNOT_READ = frozenset({"ingestiononly"})
ONLY_READS = frozenset({"readonly", ""})  # an older Studio does not tell


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

    def page_at(self, origin: str) -> str:
        """Its page in the Studio of an origin, never one elsewhere."""
        return self.url if self.url.startswith(f"{origin}/") else f"{origin}/studio/{self.id}"


@dataclass(frozen=True)
class Windowing:
    """How a time series is cut into windows.

    Attributes:
        size: milliseconds of a window.
        step: milliseconds from one to the next, while a model is tested.
        frequency: values a second.
        pads: whether what is shorter than a window is filled up with zeros.
        labeling: which of a sample's several labels is a window's, in Studio's word; may be empty.
        labels: that count, where the word asks for some.
    """

    size: int
    step: int
    frequency: float
    pads: bool
    labeling: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputBlock:
    """How samples come in. Texts are Studio's own words; empty where it says nothing."""

    id: int
    type: str
    width: int | None
    height: int | None
    resize_mode: str
    resize_method: str
    crop_anchor: str
    windowing: Windowing | None = None


@dataclass(frozen=True)
class DspBlock:
    """What happens to samples before the network.

    Attributes:
        id, type, name: of the block.
        input: number of the input block; None for the first one.
        axes: of a time series that it takes.
        version: of how it computes.
    """

    id: int
    type: str
    name: str
    input: int | None
    axes: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True)
class DspSettings:
    """What a processing block is set to.

    Attributes:
        options: values as Studio writes them, by the names of its own parameters.
        normalizes: how the features are normalised after it; "" where they are not, or nobody says.
    """

    options: Mapping[str, str]
    normalizes: str = ""


@dataclass(frozen=True)
class MadeWindow:
    """What a processing block made of a window of a sample: its features, and the label it has."""

    features: tuple[float, ...]
    label: str


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
        last_layer: what gives the objects, of a block that detects some: `fomo`, `yolov5`, …
    """

    created: str
    class_names: tuple[str, ...]
    mode: str
    scaling: str
    trained: bool
    thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    last_layer: str = ""


@dataclass(frozen=True)
class AnomalyMetadata:
    """What is known of a block that finds anomalies.

    Attributes:
        thresholds: as in `LearnMetadata`.
        mean, scale: of what is scored: of one log-likelihood, or of each feature.
    """

    thresholds: Mapping[str, float]
    mean: tuple[float, ...]
    scale: tuple[float, ...]


@dataclass(frozen=True)
class LabelledPart:
    """A label of a part of a sample: indices of its values, the last included."""

    start: int
    stop: int
    label: str


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
        category: `training`, `testing`, …
        labeling: what the project's labels are, such as `single_label`; may be empty.
        disabled: whether it is taken out of the data set.
        modified: when it was changed last, as Studio says; may be empty.
        chart: how Studio draws it: `image`, `video`, or `chart` for what runs over time.
        parts: of a time series, with their labels where several were given.
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
    category: str = "testing"
    labeling: str = ""
    disabled: bool = False
    modified: str = ""
    chart: str = "image"
    parts: tuple[LabelledPart, ...] = ()


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
        windows: what it says of each sample, by its number: of each of its windows in their order,
            of a picture as one.
        answers: Studio's last word on each sample; `uncertain` below its threshold.
    """

    __test__ = False  # for pytest: no test case, whatever the name

    variant: str
    windows: Mapping[int, tuple[OtherAnswer, ...]]
    answers: Mapping[int, str]
