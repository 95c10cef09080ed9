"""Which files are pictures: by their ending, or by their first bytes where it says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePath

from services.media.kind import HEAD

EXTENSIONS = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".png", ".bmp", ".dib", ".webp", ".gif", ".tif",
    ".tiff", ".avif", ".heic", ".heif", ".hif", ".jp2", ".ppm", ".pgm", ".pbm", ".pnm",
})  # fmt: skip
# Endings that say something else: such files are not looked into.
OTHERS = frozenset({
    ".txt", ".csv", ".tsv", ".json", ".jsonl", ".toml", ".yaml", ".yml", ".xml", ".ini", ".md",
    ".html", ".css", ".js", ".py", ".ipynb", ".sh", ".bat", ".log", ".pdf", ".svg", ".doc",
    ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".gz", ".tar", ".7z", ".rar", ".h5",
    ".hdf5", ".keras", ".tflite", ".onnx", ".pt", ".pth", ".pb", ".pbtxt", ".ckpt", ".pkl",
    ".pickle", ".joblib", ".labels", ".npy", ".npz", ".mat", ".parquet", ".db", ".sqlite",
    ".exe", ".dll", ".so", ".mp3", ".mp4", ".wav", ".avi", ".mov", ".mkv", ".webm", ".ogg",
    ".flac", ".psd", ".ai",
})  # fmt: skip
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_FORMATS = re.compile(
    rb"\xff\xd8\xff"  # JPEG
    rb"|\x89PNG\r\n\x1a\n"
    rb"|GIF8[79]a"
    rb"|BM.{4}\0\0\0\0"
    rb"|RIFF.{4}WEBP"
    rb"|II[*+]\0|MM\0[*+]"  # TIFF
    rb"|\0\0\0\x0cjP  \r\n"  # JPEG 2000
    rb"|P[1-6]\s+(#.*\s+)?\d+\s",  # PBM, PGM, PPM
    re.DOTALL,
)


def is_picture(name: PurePath, head: Callable[[], bytes]) -> bool:
    """Whether a file is a picture.

    Args:
        name: its path, on a disk or within a zip.
        head: reads its first `HEAD` bytes; called only where its ending says nothing.
    """
    ending = name.suffix.lower()
    if name.name.startswith(".") or ending in OTHERS:
        return False
    return ending in EXTENSIONS or _looks_like_one(head())


def is_heic(path: Path) -> bool:
    """Whether a file is in the format of Apple's cameras, whole or not."""
    return path.suffix.lower() in {".heic", ".heif", ".hif"} or _brand(first_bytes(path)) in _HEIC


def is_tiff(path: Path) -> bool:
    """Whether a file begins as TIFFs do."""
    return first_bytes(path)[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}


def _looks_like_one(head: bytes) -> bool:
    return bool(_FORMATS.match(head)) or _brand(head) in _HEIC | {b"avif", b"avis"}


def _brand(head: bytes) -> bytes:
    """Which kind of an ISO media file it is; empty if it is none."""
    return head[8:12] if head[4:8] == b"ftyp" else b""


def first_bytes(path: Path) -> bytes:
    """The first `HEAD` bytes of a file; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""
