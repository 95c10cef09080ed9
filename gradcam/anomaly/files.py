"""Mixtures as they are kept in files: arrays (`.npz`), or Edge Impulse's JSON."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcam.anomaly.mixture import Mixture
from gradcam.anomaly.scoring import Scoring
from gradcam.arrays import Numbers
from gradcam.errors import NetworkError

MOST_BYTES = 1 << 28  # of the arrays in a file
WANTED = ("weights", "means", "covariances", "mean")
DEVIATION = ("scale", "deviation", "std")  # what people call it


def read_scoring(
    path: Path,
    window: int | None = None,
    stride: int | None = None,
    projection: Path | None = None,
) -> Scoring:
    """Read how features are scored. Nothing in the file is run.

    Args:
        path: with `weights`, `means`, `covariances`, and the `mean` and `scale` of the
            log-likelihood; maybe `projection`, `window`, `stride` and `threshold`.
        window: see `Scoring`; None for what the file says, else 4.
        stride: see `Scoring`; None for what the file says, else 2.
        projection: a file of its own with the matrix; None for what the first one says.

    Raises:
        NetworkError: a file cannot be read, or holds no mixture.
    """
    values = dict(_values(path))
    if projection is not None:
        values["projection"] = _matrix(projection)
    given = {"window": window, "stride": stride}
    values |= {name: number for name, number in given.items() if number is not None}
    return scoring_from(values, path.name)


def scoring_from(values: Mapping[str, Any], name: str) -> Scoring:
    """The same from what stands in a file, or in an answer of Edge Impulse.

    Args:
        values: by the names of `read_scoring`.
        name: of where they stand, for the person.

    Raises:
        NetworkError: they hold no mixture.
    """
    deviation = next((key for key in DEVIATION if values.get(key) is not None), None)
    missing = [key for key in WANTED if values.get(key) is None]
    if missing or deviation is None:
        lacking = " and ".join([*missing, *([] if deviation else [DEVIATION[0]])])
        raise NetworkError(
            f"{name} is no mixture: it lacks {lacking}; it needs weights, means, covariances, and "
            "the mean and the scale of the log-likelihood."
        )
    mixture = Mixture(*(_numbers(values[key], key, name) for key in WANTED[:3]))
    threshold, projection = values.get("threshold"), values.get("projection")
    return Scoring(
        mixture,
        _one(values["mean"], "mean", name),
        _one(values[deviation], deviation, name),
        None if projection is None else _numbers(projection, "projection", name),
        _whole(values.get("window", Scoring.window), "window", name),
        _whole(values.get("stride", Scoring.stride), "stride", name),
        None if threshold is None else _one(threshold, "threshold", name),
    )


def _values(path: Path) -> Mapping[str, Any]:
    """What a file holds by name, whichever of the two forms it has."""
    if zipfile.is_zipfile(path):
        return _arrays(path)
    _refuse_large(path, path.stat().st_size)
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise NetworkError(
            f"{path.name} cannot be read as a mixture; save it by numpy.savez or as JSON."
        ) from error
    if not isinstance(read, dict):
        raise NetworkError(f"{path.name} is no mixture: it holds no names.")
    return read


def _arrays(path: Path) -> Mapping[str, Any]:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise NetworkError(f"{path.name} cannot be read; save it by numpy.savez.") from error
    _refuse_large(path, size)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise NetworkError(f"{path.name} cannot be read; save it by numpy.savez.") from error


def _matrix(path: Path) -> Numbers:
    """The one matrix of a file: `.npy`, `.npz` with `projection` or a single array, or JSON."""
    if path.suffix != ".npy":
        values = _values(path)
        only = next(iter(values.values())) if len(values) == 1 else None
        own = values.get("projection", only)
        if own is None:
            raise NetworkError(f"{path.name} holds no projection.")
        return _numbers(own, "projection", path.name)
    _refuse_large(path, path.stat().st_size)
    try:
        matrix = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise NetworkError(f"{path.name} cannot be read; save it by numpy.save.") from error
    return _numbers(matrix, "projection", path.name)


def _refuse_large(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise NetworkError(f"{path.name} is too large for a mixture.")


def _numbers(value: Any, key: str, name: str) -> Numbers:  # noqa: ANN401 - from a file
    try:
        return np.asarray(value, np.float64)
    except (TypeError, ValueError) as error:
        raise NetworkError(f"The {key} in {name} are no numbers of one shape.") from error


def _one(value: Any, key: str, name: str) -> float:  # noqa: ANN401 - from a file
    own = _numbers(value, key, name)
    if own.size != 1:
        raise NetworkError(f"The {key} in {name} must be one number.")
    return float(own.ravel()[0])


def _whole(value: Any, key: str, name: str) -> int:  # noqa: ANN401 - from a file
    own = _one(value, key, name)
    if not np.isfinite(own) or own != int(own):
        raise NetworkError(f"The {key} in {name} must be a whole number.")
    return int(own)
