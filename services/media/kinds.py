"""Every kind of samples that is known here: another one is another entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath

from services.media.fitting import PictureFiles
from services.media.kind import MediumKind

KINDS: tuple[MediumKind, ...] = (PictureFiles(),)


def is_sample(path: PurePath) -> bool:
    """Whether a file's name says that it is a sample of any kind."""
    return any(kind.holds(path) for kind in KINDS)


def kind_of(files: Iterable[Path]) -> MediumKind:
    """The kind that most files are of, by their names; the first where no name tells it."""
    counts = Counter(
        number for path in files for number, kind in enumerate(KINDS) if kind.holds(path)
    )
    return KINDS[counts.most_common(1)[0][0] if counts else 0]
