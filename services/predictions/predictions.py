"""What the network says of every sample, computed once and kept by content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.engines.maker import Makers, nobody_else
from services.engines.passes import batches_of
from services.keeping.derived import Derived
from services.keeping.digests import context_of
from services.keeping.drawers import CONTEXTS
from services.keeping.known import Record, keep_records, load_records, sample_digests
from services.keeping.locks import Hold, alone, hold_made
from services.media.reading import BATCH_SIZE
from services.predictions.geometries import geometries
from services.predictions.metadata import Metadata, grouped_metadata
from services.predictions.predicting import Predicting
from services.project import Project
from services.sample import LeftOut, Sample, by_label, evenly
from services.tasks.answers import Answers
from services.tasks.geometry import Geometries
from services.work.progress import Progress

WAITING = "Waiting for somebody else who predicts the same"
# What is worked out of the samples alone, once, whatever threshold they are looked at with.
OF_SAMPLES = (
    "metadata", "norms", "positions", "by_label", "by_digest", "copies", "words", "labelled_files",
    "digest_of_names", "digest_of_files",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Predictions:
    """What the network says of the N samples that can be read.

    Attributes:
        project: of which project.
        samples: the readable ones, in the project's order.
        digests: SHA-256 of each sample's file, see `sample_digests`.
        outputs: (N, K) float32.
        features: (N, F) float32.
        sizes: (N, 2) int, width and height of the original pictures.
        left_out: every file that takes no part.
        computed: how many samples the network had to see now; the rest was kept.
        held: what is kept of them: it stays as long as the predictions.
    """

    project: Project
    samples: tuple[Sample, ...]
    digests: tuple[str, ...]
    outputs: Floats
    features: Floats
    sizes: NDArray[np.int64]
    left_out: tuple[LeftOut, ...]
    computed: int
    held: Hold | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        """N."""
        return len(self.samples)

    @cached_property
    def answers(self) -> Answers:
        """The same as the project's task reads it."""
        return self.project.task.read(
            self.project.network, self.samples, self.outputs, self.geometry
        )

    @property
    def geometry(self) -> Geometries | None:
        """Where each sample's picture and the network's input lie on each other, if it is known."""
        return geometries(self.project.medium, self.sizes) if self.sizes.all() else None

    @cached_property
    def metadata(self) -> Metadata:
        """What the source says of the samples beside their labels, in groups."""
        return grouped_metadata(self.samples)

    @cached_property
    def norms(self) -> Floats:
        """(N,) float32, the length of each sample's features."""
        return np.linalg.norm(self.features, axis=1)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of each sample by its id."""
        return {sample.id: position for position, sample in enumerate(self.samples)}

    @cached_property
    def by_label(self) -> tuple[int, ...]:
        """Positions of the samples sorted by label, those of one label by name."""
        return tuple(sorted(range(len(self)), key=lambda at: by_label(self.samples[at])))

    def spread(self, count: int) -> list[int]:
        """Positions of at most `count` samples, evenly taken from all labels, see `spread`."""
        return evenly(self.by_label, count)

    @cached_property
    def by_digest(self) -> dict[str, int]:
        """Position of a sample by its file's digest; the last one where several are the same."""
        return {digest: position for position, digest in enumerate(self.digests)}

    @cached_property
    def copies(self) -> Mapping[str, tuple[int, ...]]:
        """Positions of the samples whose files are the same, by digest, where several are."""
        of: dict[str, list[int]] = {}
        for position, digest in enumerate(self.digests):
            of.setdefault(digest, []).append(position)
        return {digest: tuple(same) for digest, same in of.items() if len(same) > 1}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Name, label and metadata of each sample, casefolded: what a text is looked for in."""
        return tuple(
            f"{s.id} {s.label or ''} {' '.join(s.metadata.values())}".casefold()
            for s in self.samples
        )

    @cached_property
    def labelled_files(self) -> bytes:
        """Every sample's file, label and boxes, for digests of what depends on them."""
        both = zip(self.samples, self.digests, strict=True)
        return "".join(f"{digest} {s.label!r} {s.boxes}" for s, digest in both).encode()

    @cached_property
    def digest_of_names(self) -> str:
        """SHA-256 of the samples' names in their order."""
        return _sha256("\n".join(sample.id for sample in self.samples))

    @cached_property
    def digest_of_files(self) -> str:
        """SHA-256 of the samples' files in their order."""
        return _sha256("".join(self.digests))

    def unless_held(self, before: Predictions) -> Predictions:
        """These; or those before, where they are of the same files by the same network.

        What is held once, and what was worked out of it, is then everybody's.
        """
        same = before.digests == self.digests and before.project == self.project
        return before if same else self

    def at(
        self, threshold: float | None, *, uncertain: bool = False, rule: str = ""
    ) -> Predictions:
        """The same as the network answers with a live threshold, see `Task.at`."""
        project = self.project.at(threshold, uncertain=uncertain, rule=rule)
        if project is self.project:
            return self
        return _live.of(self, (threshold, uncertain, rule), lambda: self._asked(project))

    def _asked(self, project: Project) -> Predictions:
        live = replace(self, project=project)
        vars(live).update((name, getattr(self, name)) for name in OF_SAMPLES)
        return live

    def correct(self, threshold: float | None = None) -> Floats:
        """(N,) 1 correct, 0 incorrect, NaN where nobody said.

        Args:
            threshold: the live one of a task that has one; None for the project's own.
        """
        return self.answers.correct(threshold)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# As they are with a live threshold, so that what is worked out of answers is so once.
_live: Derived[tuple[float | None, bool, str], Predictions] = Derived(8)


def with_outputs(project: Project, samples: tuple[Sample, ...], outputs: Floats) -> Predictions:
    """Predictions of which only the outputs are known, for what asks for no more.

    Args:
        project: whose samples.
        samples: n of them.
        outputs: (n, K) float32.
    """
    return Predictions(
        project=project,
        samples=samples,
        digests=("",) * len(samples),
        outputs=outputs,
        features=np.zeros((len(samples), 1), np.float32),
        sizes=np.zeros((len(samples), 2), np.int64),
        left_out=project.left_out,
        computed=0,
    )


def predict(project: Project, progress: Progress, makers: Makers = nobody_else) -> Predictions:
    """Predict every sample of a project; what is kept from earlier is not computed again.

    Args:
        project: of which nothing may be predicted yet.
        progress: is told how far it is.
        makers: who makes the batches.

    Raises:
        Cancelled: the person left; what was computed so far is kept.
    """
    progress.begin(f"Reading the {project.medium.called.many}", len(project.samples))
    digests = sample_digests(project.samples)
    context = context_of(project.network, project.medium)
    folder = CONTEXTS.folder / context
    held = hold_made(folder)
    records = load_records(context)
    failed: dict[str, str] = {}
    computed = 0
    if _missing(project, digests, records):
        with alone(folder / _lock(digests.values()), progress, WAITING):
            records = load_records(context)  # somebody else may have predicted them meanwhile
            missing = _missing(project, digests, records)
            failed = _predict(project, context, missing, digests, records, progress, makers)
            computed = len(missing) - len(failed)
    return replace(_assemble(project, digests, records, failed, computed), held=held)


def predicted_before(project: Project, progress: Progress) -> Predictions | None:
    """The same where an earlier visit kept it, but for a batch at most; None where it did not.

    Raises:
        Cancelled: the person left.
    """
    records = load_records(context_of(project.network, project.medium))
    if not records:
        return None
    digests = sample_digests(project.samples)
    missing = len(_missing(project, digests, records))
    return predict(project, progress) if missing <= BATCH_SIZE else None


def _missing(
    project: Project, digests: Mapping[str, str], records: Mapping[str, Record]
) -> list[Sample]:
    return [sample for sample in project.samples if digests.get(sample.id) not in records]


def _lock(digests: Iterable[str]) -> str:
    """The name of a file: who predicts other samples with the same network need not wait."""
    return f".{hashlib.sha256(''.join(sorted(digests)).encode()).hexdigest()}.lock"


def _predict(
    project: Project,
    context: str,
    missing: Sequence[Sample],
    digests: dict[str, str],
    records: dict[str, Record],
    progress: Progress,
    makers: Makers,
) -> dict[str, str]:
    """Add to what is known by sample digest; why samples cannot be read, by their ids."""
    progress.begin("Predicting", len(missing))
    failed: dict[str, str] = {}
    work = Predicting(project, missing)
    with closing(batches_of(work, makers, progress)) as batches:
        for number, arrays in batches:
            said = work.predicted(number, arrays)
            rows = zip(said.outputs, said.features, said.sizes.tolist(), strict=True)
            new = {
                digests[sample.id]: Record(outputs, features, *size)
                for sample, (outputs, features, size) in zip(said.readable, rows, strict=True)
            }
            keep_records(context, new)
            records |= new
            failed |= said.failed
            progress.advance(len(work.parts[number]))
    return failed


def _assemble(
    project: Project,
    digests: dict[str, str],
    records: dict[str, Record],
    failed: dict[str, str],
    computed: int,
) -> Predictions:
    readable = [s for s in project.samples if s.id not in failed and s.id in digests]
    kept = [records[digests[sample.id]] for sample in readable]
    units = project.network.units
    return Predictions(
        project=project,
        samples=tuple(readable),
        digests=tuple(digests[sample.id] for sample in readable),
        outputs=np.stack([r.outputs for r in kept]) if kept else np.zeros((0, units), np.float32),
        features=np.stack([r.features for r in kept]) if kept else np.zeros((0, 1), np.float32),
        sizes=np.array([(r.width, r.height) for r in kept], np.int64).reshape(-1, 2),
        left_out=project.left_out + tuple(LeftOut(name, why) for name, why in failed.items()),
        computed=computed,
    )
