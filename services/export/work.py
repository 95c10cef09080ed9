"""Where an unfinished export stands, so that it goes on there after a break."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.errors import OutputError
from services.keeping.files import write_whole
from services.keeping.locks import alone
from services.work.progress import Progress

FOLDER = ".gradcam-work"
LOCK = ".gradcam-lock"
GONE = ".gradcam-gone"
MADE_BY = "gradcam-dashboard"
PARTS_TABLE = "objects.csv"  # only where samples have parts
COMPARED = "comparison.csv"  # only where another network was set beside
RESULTS = (
    *("gradcam", "predictions.csv", PARTS_TABLE, COMPARED),
    *("report.html", "manifest.json", "deploy.zip"),
)


@dataclass(frozen=True)
class Work:
    """The working folder of one export inside its output folder.

    Attributes:
        output: where the results belong in the end.
        folder: where they are made.
    """

    output: Path
    folder: Path

    @property
    def results(self) -> Path:
        """The results as far as they are."""
        return self.folder / "results"

    def batch(self, number: int) -> Path:
        """What the network did with a batch."""
        return self.folder / f"batch-{number:06d}.npz"

    def drawn(self, number: int) -> Path:
        """Says that every overlay of a batch is written, and where its heat lies."""
        return self.folder / f"drawn-{number:06d}.npy"

    def save_drawn(self, number: int, figures: NDArray[np.float64]) -> None:
        """Note that a batch is drawn: (n, 5) figures of where the heat lies.

        Raises:
            OSError: the disk is full, or may not be written.
        """
        part = self.folder / f".drawn-{number:06d}.npy.{os.getpid()}"
        with part.open("wb") as file:
            np.save(file, figures, allow_pickle=False)
        part.replace(self.drawn(number))

    def load_drawn(self, number: int) -> NDArray[np.float64]:
        """What `save_drawn` noted."""
        return np.asarray(np.load(self.drawn(number), allow_pickle=False))

    def forget(self, number: int) -> None:
        """Have a batch made again."""
        self.drawn(number).unlink(missing_ok=True)
        self.batch(number).unlink(missing_ok=True)

    @property
    def is_complete(self) -> bool:
        """Whether all results were made, and only have to be put in place."""
        return self._complete.exists()

    @property
    def _complete(self) -> Path:
        return self.folder / "complete"

    def publish(self) -> None:
        """Put the finished results in place of earlier ones, the zip last; may be begun again.

        Raises:
            OSError: the disk is full, or may not be written.
        """
        if not self._complete.exists():  # what this export does not have is of an earlier one
            for name in RESULTS:
                if not (self.results / name).exists():
                    _remove(self.output / name)
        write_whole(self._complete, b"")
        if (self.results / RESULTS[-1]).exists():  # an old zip never lies beside new pictures
            _remove(self.output / RESULTS[-1])
        for name in RESULTS:
            if (self.results / name).exists():
                _remove(self.output / name)
                (self.results / name).replace(self.output / name)
        _throw_away(self.folder.parent, self.output)


@contextmanager
def writing_alone(output: Path, progress: Progress) -> Iterator[None]:
    """Be the only one, of all sessions and processes, who exports into a folder.

    Raises:
        OutputError: the folder cannot be written, before or meanwhile.
        Cancelled: the person left while somebody else exported into it.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        with alone(output / LOCK, progress, "Waiting for somebody else who makes this export"):
            yield
    except OSError as error:
        reason = error.strerror or "the disk may be full"
        raise OutputError(
            f"The output folder {output} cannot be written ({reason}); choose another one."
        ) from error


def begin_work(output: Path, digest: str) -> Work:
    """The working folder of an export: the one of an earlier, broken attempt if it is the same.

    Raises:
        OutputError: the output folder holds something that no export made.
        OSError: the disk is full, or may not be written.
    """
    output.mkdir(parents=True, exist_ok=True)
    ours = _is_ours(output / "manifest.json") or (output / FOLDER).exists()
    foreign = [name for name in RESULTS if (output / name).exists()]
    if foreign and not ours:
        raise OutputError(
            f"{output} already holds {foreign[0]}, which is not of an earlier export; "
            "choose another output folder."
        )
    parent = output / FOLDER
    _remove(output / GONE)
    for other in parent.iterdir() if parent.is_dir() else ():
        if other.name != digest:
            _throw_away(other, output)
    folder = parent / digest
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "made-by", MADE_BY.encode())
    return Work(output, folder)


def remove_results(output: Path) -> None:
    """Have an output folder without results, finished or not.

    Raises:
        OSError: they may not be removed.
    """
    for name in RESULTS:
        _remove(output / name)


def _is_ours(record: Path) -> bool:
    try:
        return json.loads(record.read_text(encoding="utf-8")).get("made_by") == MADE_BY
    except (OSError, ValueError, AttributeError):
        return False


def _throw_away(folder: Path, output: Path) -> None:
    """Remove a working folder at once: half of one would be taken for an unfinished export."""
    _remove(output / GONE)
    folder.rename(output / GONE)
    _remove(output / GONE)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
