"""Class folders: a picture is labelled by the folder it lies in.

Never by its name: `0.5.x.jpg` is not `0`.
"""

from __future__ import annotations

from pathlib import Path

from services.media.kinds import is_sample
from services.sample import LeftOut, Sample
from services.sources.labels.labelled import LabelledSet


def from_folders(data: Path) -> LabelledSet:
    """All samples below a folder; those in no class folder have no label."""
    samples, left_out = [], []
    for path in sorted(data.rglob("*")):
        relative = path.relative_to(data)
        if any(part.startswith((".", "__MACOSX")) for part in relative.parts):
            continue
        if not path.is_file():
            continue
        if not is_sample(path):
            if len(relative.parts) > 1:
                left_out.append(
                    LeftOut(relative.as_posix(), "no picture format that is known here")
                )
            continue
        try:
            relative.as_posix().encode()
        except UnicodeEncodeError:
            shown = relative.as_posix().encode("utf-8", "replace").decode()
            left_out.append(LeftOut(shown, "its name is no UTF-8 text; rename it"))
        else:
            label = relative.parts[0] if len(relative.parts) > 1 else None
            samples.append(Sample(relative.as_posix(), path, label))
    labelled = any(sample.label is not None for sample in samples)
    how = "class folders" if labelled else "nothing"
    return LabelledSet(tuple(samples), how, tuple(left_out))
