"""One pass over samples, cut into numbered batches of which each gives arrays, whoever makes it."""

from __future__ import annotations

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar, Self
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from gradcam import GradcamError
from services.engines.maker import Maker, Makers, What
from services.errors import OutputError
from services.keeping.drawers import PASSES
from services.keeping.files import write_whole
from services.keeping.kept import Arrays, packed, unpacked
from services.project import Project
from services.sample import Sample
from services.work.progress import Progress

ASKED = "asked.npz"
NAME = "pass"  # of the pass itself, among what is told of it


class Pass(ABC):
    """A pass over samples of a project.

    Attributes:
        name: of the kind, by which another process knows it.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def count(self) -> int:
        """How many batches there are."""

    @property
    @abstractmethod
    def told(self) -> Arrays:
        """What another process needs to make the same batches, beside the project."""

    @classmethod
    @abstractmethod
    def again(cls, project: Project, told: Arrays) -> Self:
        """The same pass in another process.

        Raises:
            GradcamError: its project is another one by now.
        """

    @abstractmethod
    def made(
        self, numbers: Sequence[int], progress: Progress
    ) -> Generator[tuple[int, Arrays], None, None]:
        """Make batches.

        Args:
            numbers: which.
            progress: says how many may be under way.

        Yields:
            The number of each batch and what it gives, in the order of the numbers.
        """


def batches_of(
    work: Pass, makers: Makers, progress: Progress
) -> Generator[tuple[int, Arrays], None, None]:
    """Have every batch of a pass made.

    Args:
        work: the pass.
        makers: who makes its batches; what others make comes by a folder of the cache.
        progress: is asked whether the person left.

    Yields:
        The number of each batch and what it gives, in any order.

    Raises:
        GradcamError: one sentence on why it cannot be made.
        Cancelled: the person left.
    """
    folder = PASSES.folder / f".{uuid4().hex}"  # hidden: swept with what was left by the killed
    maker = makers(folder)
    if maker is None:
        yield from work.made(range(work.count), progress)
        return
    with _there(folder):
        asked = packed({**work.told, NAME: np.array(work.name)})
        _written(folder / ASKED, asked)
        with closing(maker.made(range(work.count), {}, progress)) as made:
            for number in made:
                path = _batch(folder, number)
                yield number, unpacked(path.read_bytes())
                path.unlink()


class PassMaker(Maker):
    """The batches of a pass, written into the folder where somebody waits for them."""

    def __init__(self, work: Pass, folder: Path) -> None:
        self._work, self._folder = work, folder

    def made(
        self,
        numbers: Sequence[int],
        what: What,  # noqa: ARG002 - all batches are alike
        progress: Progress,
    ) -> Generator[int, None, None]:
        """See `Maker.made`."""
        with closing(self._work.made(numbers, progress)) as made:
            for number, arrays in made:
                write_whole(_batch(self._folder, number), packed(arrays))
                yield number


def asked_in(folder: Path) -> tuple[str, Arrays] | None:
    """The name of the pass that is wanted in a folder and what is told of it; None for none."""
    try:
        told = unpacked((folder / ASKED).read_bytes())
    except FileNotFoundError:
        return None
    return str(told[NAME]), told


def as_told(samples: Sequence[Sample]) -> NDArray[np.str_]:
    """Samples, as another process is told of them."""
    return np.array(json.dumps([sample.id for sample in samples]))


def samples_told(project: Project, told: NDArray[np.str_]) -> tuple[Sample, ...]:
    """The samples that `as_told` told of.

    Raises:
        GradcamError: one of them is no sample of the project.
    """
    own = {sample.id: sample for sample in project.samples}
    try:
        return tuple(own[name] for name in json.loads(str(told)))
    except KeyError as error:
        raise GradcamError(
            f"The sample {error} is not there for all who work on it; begin again."
        ) from error


def _batch(folder: Path, number: int) -> Path:
    return folder / f"batch-{number:06d}.npz"


def _written(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        reason = error.strerror or "the disk may be full"
        raise OutputError(
            f"The cache {path.parent.parent} cannot be written ({reason}); set GRADCAM_CACHE to a "
            "folder that all who work can write."
        ) from error


@contextmanager
def _there(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
