"""Every kind of samples that is known here: another one is another entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath

from services.media.fitting import PictureFiles
from services.media.kind import MediumKind
from services.media.picture_files import first_bytes
from services.media.sound.sound_files import SoundFiles
from services.media.tensor_files import TensorFiles
from services.sample import LeftOut, Sample

KINDS: tuple[MediumKind, ...] = (PictureFiles(), TensorFiles(), SoundFiles())


def is_sample(path: Path) -> bool:
    """Whether a file is a sample of any kind; its name tells, or its first bytes."""
    return holds_sample(path, partial(first_bytes, path))


def holds_sample(name: PurePath, head: Callable[[], bytes]) -> bool:
    """Whether a file anywhere is a sample of any kind; see `MediumKind.holds`."""
    return any(kind.holds(name, head) for kind in KINDS)


def kind_of(files: Iterable[Path]) -> MediumKind:
    """The kind that most files are of; the first where none is of any."""
    files = list(files)
    counts = [sum(_is(kind, path) for path in files) for kind in KINDS]
    return KINDS[counts.index(max(counts))]


def of_kind(
    kind: MediumKind, samples: Iterable[Sample]
) -> tuple[tuple[Sample, ...], tuple[LeftOut, ...]]:
    """The samples of a kind, and those of another that a project does not hold beside them."""
    own: list[Sample] = []
    others: list[LeftOut] = []
    why = f"most samples here are {kind.word}, and a project holds one kind"
    for sample in samples:
        if is_sample(sample.path) and not _is(kind, sample.path):
            others.append(LeftOut(sample.id, why))
        else:
            own.append(sample)  # also what is missing or of no kind: reading it tells why
    return tuple(own), tuple(others)


def _is(kind: MediumKind, path: Path) -> bool:
    return kind.holds(path, partial(first_bytes, path))
