"""Arrays from `.npy` and `.npz` files, within bounds and never by unpickling."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gradcam import PictureError

MAGIC = b"\x93NUMPY"
MAX_BYTES = 256_000_000  # of one array
LONGEST_HEAD = 10_000  # bytes; numpy's own limit
MOST_ARRAYS = 1000  # in one file
Lengths = tuple[int, ...]  # of an array, all of them known


def shapes_in(path: Path) -> Mapping[str, Lengths]:
    """The shape of every array in a file, by name; a `.npy` file's has the name "".

    Raises:
        PictureError: the file is missing, damaged, too large, or of another kind.
    """
    with _arrays(path) as arrays:
        return {name: _head(file)[0] for name, file in arrays}


def read_array(path: Path, name: str) -> NDArray[Any]:
    """One array of whole numbers or floats, as it is stored.

    Args:
        path: of the file.
        name: of the array, where the file has several; "" for the only one.

    Raises:
        PictureError: the file is missing, damaged, too large, of another kind, or has no such
            array.
    """
    names = []
    with _arrays(path) as arrays:
        for own, file in arrays:
            names.append(own)
            if own == name:
                return _numbers(file)
    if len(names) == 1:
        with _arrays(path) as arrays:
            return _numbers(next(arrays)[1])
    listed = ", ".join(names)
    if not name:
        raise PictureError(
            f"it holds several arrays ({listed}); name one in project.toml, below [input], such as "
            f'array = "{names[0]}"'
        )
    raise PictureError(f"it holds no array named {name}, only {listed}")


@contextmanager
def _arrays(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Each array's name and its bytes; whatever goes wrong becomes a `PictureError`."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
            file.seek(0)
            if magic == MAGIC:
                yield iter([("", file)])
            elif zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    yield _members(archive)
            else:
                raise PictureError("no array of numpy's: an .npy or .npz file is expected")
    except FileNotFoundError as error:
        raise PictureError("the file is missing") from error
    except PictureError:
        raise
    except Exception as error:  # numpy and zipfile raise many kinds on damaged bytes
        raise PictureError("damaged: it cannot be read as an array") from error


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, IO[bytes]]]:
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    if not members:
        raise PictureError("no array of numpy's: the zip holds no .npy file")
    for info in members[:MOST_ARRAYS]:
        with archive.open(info) as file:
            yield info.filename.removesuffix(".npy"), file


def _head(file: IO[bytes]) -> tuple[Lengths, bool, np.dtype[Any]]:
    """Shape, whether columns come first, and type: what the head claims, unproved."""
    start = file.read(len(MAGIC) + 2)
    if start[: len(MAGIC)] != MAGIC:
        raise PictureError("damaged: it cannot be read as an array")
    short = start[-2] == 1
    length = file.read(2 if short else 4)
    claimed = int.from_bytes(length, "little")
    if claimed > LONGEST_HEAD:
        raise PictureError("its head is longer than that of any array of numbers")
    head = io.BytesIO(length + file.read(claimed))
    formats = np.lib.format
    shape, columns_first, kind = (
        formats.read_array_header_1_0(head) if short else formats.read_array_header_2_0(head)
    )
    return shape, columns_first, kind


def _numbers(file: IO[bytes]) -> NDArray[Any]:
    shape, columns_first, kind = _head(file)
    if kind.kind not in "biuf":
        raise PictureError(f"it holds {_said(kind)}, not whole numbers or floats")
    size = math.prod(shape) * kind.itemsize
    if size > MAX_BYTES:
        raise PictureError(f"larger than {MAX_BYTES // 1_000_000} MB")
    content = file.read(size)
    if len(content) < size:
        raise PictureError("damaged: it ends before its last number")
    return np.frombuffer(content, kind).reshape(shape, order="F" if columns_first else "C")


def _said(kind: np.dtype[Any]) -> str:
    return {"O": "Python objects", "c": "complex numbers"}.get(kind.kind, "texts or records")
