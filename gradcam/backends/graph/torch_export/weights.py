"""Weights as they lie in the archive: raw bytes, of known types and sizes. Nothing is unpickled."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.archive import MAX_UNPACKED_BYTES
from gradcam.backends.graph.torch_export.archive import WRITE_ANEW, Archive
from gradcam.backends.graph.torch_export.program import read_tensor
from gradcam.errors import NetworkError

BFLOAT16 = 13
# torch's numbers of types, and numpy's: a bfloat16 is the upper half of a float32.
DTYPES = {
    1: np.uint8, 2: np.int8, 3: np.int16, 4: np.int32, 5: np.int64, 6: np.float16, 7: np.float32,
    8: np.float64, 12: np.bool_, BFLOAT16: np.uint16,
}  # fmt: skip


def read_weights(archive: Archive, keys: Collection[str]) -> dict[str, NDArray[Any]]:
    """The weights and constants of a program.

    Args:
        archive: that holds them.
        keys: of those that are wanted.

    Returns:
        An array of its own for each key, in the machine's own order of bytes; bfloat16 as float32.

    Raises:
        NetworkError: they are pickled, missing, or not as large as they are said to be.
        KeyError, TypeError, ValueError, AttributeError: they are not as torch describes them.
    """
    files: dict[str, bytes] = {}
    weights, left = {}, MAX_UNPACKED_BYTES
    for key, (folder, own) in _described(archive).items():
        if key not in keys:
            continue
        if own["use_pickle"]:
            raise NetworkError(
                f"{archive.called} was not opened: its weights are pickles, which run code when "
                f"they are read; {WRITE_ANEW}."
            )
        path = f"data/{folder}/{own['path_name']}"
        if path not in files:
            files[path] = archive.bytes(path, MAX_UNPACKED_BYTES)
        weights[key] = _array(files[path], own["tensor_meta"], left)
        left -= weights[key].nbytes
    if missing := sorted(set(keys) - weights.keys()):
        raise NetworkError(f"{archive.called} is damaged: the weights {missing[0]} are missing.")
    return weights


def _described(archive: Archive) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """What is said of each array, by its key, and the folder in which it lies."""
    members = {
        folder: f"data/{folder}/{archive.program}_{folder}_config.json"
        for folder in ("weights", "constants")
    }
    if not archive.has(members["weights"]):
        raise NetworkError(
            f"{archive.called} keeps its weights as an older torch did, as a pickle; {WRITE_ANEW}."
        )
    return {
        key: (folder, own)
        for folder, member in members.items()
        if archive.has(member)
        for key, own in archive.json(member)["config"].items()
    }


def _array(stored: bytes, meta: Mapping[str, Any], left: int) -> NDArray[Any]:
    tensor = read_tensor(meta)
    kind = np.dtype(DTYPES[tensor.dtype]).newbyteorder("<")
    sizes = [size.number for size in tensor.sizes]
    strides = [int(each["as_int"]) for each in meta["strides"]]
    start = int(meta["storage_offset"]["as_int"])
    if len(sizes) != len(strides) or min((start, *sizes, *strides)) < 0:
        raise ValueError("an array of no size")
    if math.prod(sizes) * kind.itemsize > left:
        raise ValueError("larger arrays than a file may hold")
    reach = 1 + sum((size - 1) * step for size, step in zip(sizes, strides, strict=True))
    numbers = np.frombuffer(stored, kind, count=len(stored) // kind.itemsize)
    if math.prod(sizes) and start + reach > len(numbers):
        raise ValueError("an array that reaches past its file")
    lying = np.lib.stride_tricks.as_strided(
        numbers[start:], sizes, [step * kind.itemsize for step in strides]
    )
    array = lying.astype(kind.newbyteorder("="))  # its own: what stands in a file is not written to
    if tensor.dtype == BFLOAT16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array
