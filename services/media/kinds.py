"""Every kind of samples that is known here: another one is another entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath

from services.media.fitting import PictureFiles
from services.media.kind import MediumKind
from services.media.picture_files import first_bytes

KINDS: tuple[MediumKind, ...] = (PictureFiles(),)


def is_sample(path: Path) -> bool:
    """Whether a file is a sample of any kind; its name tells, or its first bytes."""
    return holds_sample(path, partial(first_bytes, path))


def holds_sample(name: PurePath, head: Callable[[], bytes]) -> bool:
    """Whether a file anywhere is a sample of any kind; see `MediumKind.holds`."""
    return any(kind.holds(name, head) for kind in KINDS)


def kind_of(files: Iterable[Path]) -> MediumKind:
    """The kind that most files are of; the first where none is of any."""
    counts: Counter[int] = Counter()
    for path in files:
        head = partial(first_bytes, path)
        counts.update(number for number, kind in enumerate(KINDS) if kind.holds(path, head))
    return KINDS[counts.most_common(1)[0][0] if counts else 0]
