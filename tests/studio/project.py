"""A project in the fake Studio, and what may happen to it during a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from tests.studio.clock import LONG_AGO, after
from tests.studio.impulse import DspBlock, Impulse, InputBlock, LearnBlock, Variant
from tests.studio.roles import Role
from tests.studio.sample import Category, StudioSample

HOUR_MS = 3_600_000


class Labeling(StrEnum):
    """What a label of the project is."""

    SINGLE_LABEL = "single_label"
    OBJECT_DETECTION = "object_detection"
    LABEL_MAP = "label_map"


@dataclass(frozen=True)
class FoundBox:
    """An object that a network found: in fractions of the picture."""

    label: str
    x: float
    y: float
    width: float
    height: float
    score: float


@dataclass(frozen=True)
class Said:
    """What a network said of one window of a sample.

    Attributes:
        scores: in the order of its outputs, or one value; none of a network of places.
        boxes: of objects; None where it looks for none.
        grid: an anomaly score for each place, row by row; None where it gives none.
    """

    scores: tuple[float, ...] = ()
    boxes: tuple[FoundBox, ...] | None = None
    grid: tuple[tuple[float, ...], ...] | None = None


Windowed = tuple[Said, ...]  # of one sample, window by window; a picture is one window


def turned(said: Windowed) -> Windowed:
    """The same with the scores in the other order, as another network might say."""
    return tuple(replace(each, scores=each.scores[::-1]) for each in said)


@dataclass(frozen=True)
class TestRun:
    """What one classify job found of each sample by each learn block."""

    __test__ = False  # pytest would take the name for a test

    impulse_id: int
    variant: Variant
    said: Mapping[int, Mapping[int, Windowed]] = field(repr=False)  # learn → sample


@dataclass(frozen=True)
class Export:
    """A finished export, as it lies in storage."""

    created: datetime
    content: bytes = field(repr=False)
    number: int


Predictor = Callable[[LearnBlock, StudioSample, Variant], Sequence[float]]


@dataclass
class StudioProject:
    """A project. Everything may be changed while the server runs.

    Attributes:
        keys: role of each key.
        samples: by id.
        default_impulse: the one meant where a call names none; None: the first.
        polls: how often a job's status is asked for before it is finished.
        results: scores instead of the network's own, for each sample of a classify job.
        tests: what classify jobs found, by impulse and variant; empty until one has run.
        exports: finished exports, oldest first.
        ndjson: whether an export's `info.labels` has the form of very large projects.
        metadata_is_replaced: whether new metadata takes the place of all that a sample has.
        thresholds_changed: Studio's word for why results are gone, None while they are not.
    """

    id: int
    name: str
    keys: dict[str, Role]
    impulses: list[Impulse]
    samples: dict[int, StudioSample] = field(repr=False)
    labeling: Labeling = Labeling.SINGLE_LABEL
    owner: str = "demo"
    description: str = ""
    created: datetime = LONG_AGO
    default_impulse: int | None = None
    polls: int = 1
    compute_time_left_ms: int = HOUR_MS
    results: Predictor | None = None
    tests: dict[tuple[int, Variant], TestRun] = field(default_factory=dict)
    exports: list[Export] = field(default_factory=list)
    ndjson: bool = False
    metadata_is_replaced: bool = False
    thresholds_changed: str | None = None
    is_enterprise: bool = False
    tier: str = "free"
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    # ------------------------------------------------------------------------- looking

    def impulse(self, impulse_id: int | None = None) -> Impulse | None:
        """An impulse by id; the default one for None."""
        wanted = self.default_impulse if impulse_id is None else impulse_id
        if wanted is None:
            return self.impulses[0] if self.impulses else None
        return next((item for item in self.impulses if item.id == wanted), None)

    def learn(self, learn_id: int) -> LearnBlock | None:
        """A learn block by id; ids are unique across impulses."""
        blocks = (block for impulse in self.impulses for block in impulse.learns)
        return next((block for block in blocks if block.id == learn_id), None)

    def dsp(self, dsp_id: int) -> DspBlock | None:
        """A processing block by id."""
        blocks = (block for impulse in self.impulses for block in impulse.dsps)
        return next((block for block in blocks if block.id == dsp_id), None)

    def impulse_of(self, block: LearnBlock | DspBlock | InputBlock) -> Impulse:
        """The impulse that a block belongs to."""
        for impulse in self.impulses:
            if any(block is own for own in (*impulse.inputs, *impulse.dsps, *impulse.learns)):
                return impulse
        raise LookupError(f"block {block.id} belongs to no impulse")

    def listed(self, category: Category | None = None) -> list[StudioSample]:
        """Samples of a category, or all, newest id first as the API lists them."""
        with self.lock:
            samples = list(self.samples.values())
        chosen = (item for item in samples if category is None or item.category is category)
        return sorted(chosen, key=lambda item: item.id, reverse=True)

    # ------------------------------------------------------------------------ changing

    def add_sample(self, sample: StudioSample) -> StudioSample:
        """Add a sample, or put it in the place of one with the same id."""
        with self.lock:
            self.samples[sample.id] = sample
        return sample

    def remove_sample(self, sample_id: int) -> None:
        """Delete a sample."""
        with self.lock:
            del self.samples[sample_id]

    def change_sample(self, sample_id: int, **changes: object) -> StudioSample:
        """Change fields of a sample, such as `is_disabled=True`."""
        with self.lock:
            item = self.samples[sample_id]
            modified = after(item.modified or item.added)
            return self.add_sample(replace(item, **{"modified": modified, **changes}))

    def replace_sample(self, sample_id: int, content: bytes) -> StudioSample:
        """Other bytes under the same id and name; hash and stored name follow."""
        return self.change_sample(sample_id, content=content, stored_name="", sha256_given="")

    def relabel(self, sample_id: int, label: str) -> StudioSample:
        """Another label for a sample."""
        return self.change_sample(sample_id, label=label)

    def retrain(self, learn_id: int, model: bytes) -> LearnBlock:
        """Another model: a new moment of training, and the test results are gone."""
        block = self.learn(learn_id)
        if block is None:
            raise LookupError(f"there is no learn block {learn_id}")
        with self.lock:
            block.model = model
            block.created = after(block.created)
            self.tests.clear()
        return block
