"""Files that a label file names, inside its folder only."""

from __future__ import annotations

from pathlib import Path


def inside(folder: Path, name: str) -> Path | None:
    """The path of a named file, None where the name leads out of the folder."""
    try:
        path = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError):  # a NUL in it, or links that go round in a circle
        return None
    return path if path.is_relative_to(folder.resolve()) else None
