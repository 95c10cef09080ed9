"""Names of classes inside a file: it is a zip as well, behind the network."""

from __future__ import annotations

import io
import zipfile

from gradcam.backends.graph.tensorflow_lite.file import LiteFile

MAX_LABELS = 1_000_000  # bytes


def labels_inside(file: LiteFile, data: bytes) -> tuple[str, ...]:
    """The names, in the order of the outputs; () where there are none, or not as many."""
    count = file.outputs[0].shape[-1] if file.outputs and file.outputs[0].shape else 0
    for text in _texts(data):
        lines = [line.strip() for line in text.splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) == count and all(lines):
            return tuple(lines)
    return ()


def _texts(data: bytes) -> list[str]:
    if b"PK\x05\x06" not in data[-70_000:]:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [
                archive.read(info).decode("utf-8", errors="replace")
                for info in archive.infolist()
                if info.filename.lower().endswith(".txt") and info.file_size <= MAX_LABELS
            ]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return []
