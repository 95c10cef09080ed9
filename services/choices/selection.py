"""Picked samples as a word that fits into a link, and back.

One bit a sample, compressed: 10,000 samples need at most 1,700 characters. It needs nothing kept
on a server, so a colleague's link works wherever the same project is open.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from services.predictions.predictions import Predictions


def written(predictions: Predictions, positions: Iterable[int]) -> str:
    """The word for some samples; "" for none."""
    picked = np.zeros(len(predictions), np.uint8)
    picked[list(positions)] = 1
    if not picked.any():
        return ""
    packed = zlib.compress(np.packbits(picked).tobytes(), 9)
    return f"{_sign(predictions)}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def picked_mask(predictions: Predictions, word: str) -> NDArray[np.bool_] | None:
    """(samples,) which are picked; None if the word is not of these samples."""
    sign, _, body = word.partition(".")
    if sign != _sign(predictions):
        return None
    length = -(-len(predictions) // 8)
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), b"-_", validate=True)
        bits = zlib.decompressobj().decompress(packed, length + 1)
    except (ValueError, zlib.error):
        return None
    if len(bits) != length:
        return None
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=len(predictions)).astype(bool)


def _sign(predictions: Predictions) -> str:
    """Tells these samples, in this order, from others."""
    return predictions.digest_of_names[:8]
