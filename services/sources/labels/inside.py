"""Files that a label file names, inside its folder only."""

from __future__ import annotations

import os
from pathlib import Path

from services.sources.tree import may_be_opened


def inside(folder: Path, name: str) -> Path | None:
    """The path of a named file, None where the name leads out of the folder.

    A link in the folder may lead out of it, to what may be opened.
    """
    try:
        path = (folder / name).resolve()
        written = Path(os.path.normpath(folder / name))
    except (OSError, RuntimeError, ValueError):  # a NUL in it, or links that go round in a circle
        return None
    if path.is_relative_to(folder.resolve()):
        return path
    same = (
        written.is_relative_to(folder) and written.resolve() == path
    )  # as .. behind a link is not
    return path if same and may_be_opened(written, folder) else None
