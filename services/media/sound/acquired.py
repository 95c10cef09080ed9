"""Edge Impulse's data acquisition format: sounds as JSON or CBOR.

https://docs.edgeimpulse.com/reference/data-acquisition/data-acquisition-format
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcam import PictureError
from gradcam.arrays import Numbers

MAX_BYTES = 100_000_000


@dataclass(frozen=True)
class Encoding:
    """One of both ways in which it is written.

    Attributes:
        start: what its first bytes look like.
        decode: from bytes to values.
    """

    start: re.Pattern[bytes]
    decode: Callable[[bytes], Any]

    def begins(self, head: bytes) -> bool:
        """Whether a file's first bytes are its own."""
        return bool(self.start.match(head))


def _of_cbor(content: bytes) -> Any:  # noqa: ANN401 - any value
    import cbor2

    return cbor2.load(io.BytesIO(content))


_KEYS = rb"protected|signature|payload"
ACQUIRED = MappingProxyType({  # by a file's ending
    ".json": Encoding(re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"(' + _KEYS + rb')"'), json.loads),
    # A map of a few pairs, or of any number, and a short text as its first key.
    ".cbor": Encoding(
        re.compile(rb"[\xa1-\xb7\xb9\xbf].{0,2}?[\x60-\x77](" + _KEYS + rb")", re.DOTALL), _of_cbor
    ),
})  # fmt: skip


def read_acquired(path: Path) -> tuple[Numbers, int]:
    """Values of a sound, and how many there are a second.

    Returns:
        (n,) float64 as they are stored, which need not be whole numbers.

    Raises:
        PictureError: it is missing, damaged, too large, or not of one sound.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise PictureError("the file is missing") from error
    return _decoded(path, state.st_mtime_ns, state.st_size)


@lru_cache(2)  # a long recording is read once for all of its windows
def _decoded(path: Path, _changed: int, size: int) -> tuple[Numbers, int]:
    if size > MAX_BYTES:
        raise PictureError(f"larger than {MAX_BYTES // 1_000_000} MB")
    try:
        told = ACQUIRED[path.suffix.lower()].decode(path.read_bytes())
    except Exception as error:  # of a decoder that is given any bytes
        raise PictureError("damaged: it cannot be read as Edge Impulse's format") from error
    payload = told.get("payload") if isinstance(told, dict) else None
    if not isinstance(payload, dict):
        raise PictureError("no recording in Edge Impulse's format: it has no payload")
    values = _values(payload)
    values.setflags(write=False)  # several read them
    return values, _rate(payload)


def _values(payload: dict[Any, Any]) -> Numbers:
    sensors = payload.get("sensors")
    if isinstance(sensors, list) and len(sensors) > 1:
        names = ", ".join(str(each.get("name")) for each in sensors[:4] if isinstance(each, dict))
        raise PictureError(f"a recording of {len(sensors)} sensors ({names}), not of a sound")
    try:
        values = np.array(payload["values"], np.float64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise PictureError("damaged: its values are no numbers") from error
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise PictureError("a recording of several values at a time, not of a sound")
    if not len(values):
        raise PictureError("it is empty: it holds not one value")
    if not np.isfinite(values).all():
        raise PictureError("it holds numbers that are not finite")
    return values


def _rate(payload: dict[Any, Any]) -> int:
    interval = payload.get("interval_ms")
    if not isinstance(interval, int | float) or not 0 < interval <= 1000:
        raise PictureError("damaged: it does not tell how many values there are a second")
    return round(1000.0 / interval)
