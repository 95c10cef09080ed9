"""A process of its own for t-SNE, UMAP and clusters: nobody else feels it, and it can be ended.

The libraries know no way to be stopped or asked how far they are; a process can be ended, and
what they print is read as it comes.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from gradcam import GradcamError
from gradcam.arrays import Floats
from services.choices.options import Reduction
from services.embedding.reduction import ITERATIONS, Projected, Projection, reduce
from services.embedding.structure import Groups, Separation, Structure, describe
from services.keeping.kept import Arrays
from services.numbers import counted
from services.work.progress import Progress

log = logging.getLogger(__name__)
LOOK = 0.1  # seconds between two looks at how far it is
_ROOT = Path(__file__).parents[2]
_ASKED, _GIVEN, _SAID = "asked.npz", "given.npz", "said.txt"
_TSNE_SAYS = re.compile(r"Iteration (\d+):")
_UMAP_SAYS = re.compile(r"Epochs completed:\s+(\d+)%")


def reduce_apart(features: Floats, projection: Projection, progress: Progress) -> Projected:
    """`reduce` in a process of its own.

    Raises:
        GradcamError: it failed; the log tells more.
        Cancelled: the person left; the process is ended.
    """
    progress.begin(f"{projection.reduction} of {counted(len(features), 'sample')}")
    asked = {
        "reduction": str(projection.reduction),
        "reach": projection.reach,
        "seed": projection.seed,
    }
    return picture_of(_run({"features": features, **asked}, progress))


def describe_apart(features: Floats, labels: Groups, progress: Progress) -> Structure:
    """`describe` in a process of its own; raises what `reduce_apart` does."""
    progress.begin(f"Neighbours and clusters of {counted(len(features), 'sample')}")
    return structure_of(_run({"features": features, "labels": labels}, progress))


def picture_arrays(picture: Projected) -> Arrays:
    """A picture as arrays."""
    return {
        "coordinates": picture.coordinates,
        "kept": picture.kept,
        "explained": picture.explained,
    }


def picture_of(arrays: Arrays) -> Projected:
    """The other way round."""
    first, second = (float(share) for share in arrays["explained"])
    return Projected(arrays["coordinates"], float(arrays["kept"]), (first, second))


def structure_arrays(structure: Structure) -> Arrays:
    """A structure as arrays."""
    both = (structure.of_labels, structure.of_clusters)
    return {
        "neighbours": structure.neighbours,
        "clusters": structure.clusters,
        "separation": [(one.silhouette, one.davies_bouldin) for one in both],
    }


def structure_of(arrays: Arrays) -> Structure:
    """The other way round."""
    labels, clusters = (Separation(float(a), float(b)) for a, b in arrays["separation"])
    return Structure(arrays["neighbours"], arrays["clusters"], labels, clusters)


def _run(asked: Arrays, progress: Progress) -> Arrays:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / _ASKED, allow_pickle=False, **asked)
        with (folder / _SAID).open("wb") as said:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-u", "-m", "services.embedding.worker", name],
                cwd=_ROOT,
                # On busy cores threads wait for each other: one is five times as fast as two.
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        try:
            while process.poll() is None:
                progress.pause(LOOK)
                done, total = _how_far((folder / _SAID).read_text("utf-8", "replace"))
                progress.reach(done, total)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            _refuse((folder / _SAID).read_text("utf-8", "replace"))
        with np.load(folder / _GIVEN, allow_pickle=False) as given:
            return dict(given)


def _refuse(said: str) -> None:
    errors = re.findall(r"^\w+(?:Error|Exception): .*", said, re.MULTILINE)
    log.error("an embedding failed: %s", said[-2000:])
    memory = not errors or "MemoryError" in errors[-1]  # the system ends without a word
    reason = "there is not enough memory" if memory else errors[-1][:200].rstrip(".")
    raise GradcamError(f"The samples could not be drawn: {reason}; take fewer of them.")


def _how_far(said: str) -> tuple[int, int]:
    """Steps done and in all, from what the libraries print; (0, 0) before they do."""
    if counts := _TSNE_SAYS.findall(said):
        return int(counts[-1]), ITERATIONS
    if counts := _UMAP_SAYS.findall(said):
        return int(counts[-1]), 100
    return 0, 0


def _work(folder: Path) -> None:
    with suppress(AttributeError, OSError):  # not on Windows
        os.nice(10)
    with np.load(folder / _ASKED, allow_pickle=False) as file:
        asked = dict(file)
    if "labels" in asked:
        given = structure_arrays(describe(asked["features"], asked["labels"]))
    else:
        projection = Projection(
            Reduction(str(asked["reduction"])), int(asked["reach"]), int(asked["seed"])
        )
        given = picture_arrays(reduce(asked["features"], projection))
    np.savez(folder / _GIVEN, allow_pickle=False, **given)


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
