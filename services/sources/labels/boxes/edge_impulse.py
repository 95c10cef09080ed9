"""Edge Impulse's `bounding_boxes.labels`, which stands with the pictures of an upload.

Format: https://docs.edgeimpulse.com/docs/tools/edge-impulse-cli/cli-uploader#bounding-boxes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from services.sample import LabelledBox, LeftOut
from services.sources.decoding import text_of
from services.sources.labels.boxes.drawn import Boxing, DrawnBoxes, size_here
from services.sources.labels.boxes.near import folders_near, pictures_in
from services.sources.labels.detection import BOXES
from services.sources.labels.info import boxes_in
from services.sources.labels.matching import Files
from services.sources.tree import Folder


def read_bounding_boxes(data: Folder, project: Folder) -> DrawnBoxes | None:
    """See `BoxReader`."""
    boxing, boxes = Boxing(BOXES), dict[Path, tuple[LabelledBox, ...]]()
    left_out, read = [], set()
    for folder in folders_near(data, project):
        path = folder.path / BOXES
        if path not in folder.others:
            continue
        read.add(path)
        entries = _entries(path)
        if entries is None:
            left_out.append(LeftOut(path.name, "it is no list of boxes by file"))
            continue
        files = Files(pictures_in(data), data.path, path.parent)
        for name, own in entries.items():
            match = files.match(name)
            if match.path is None:
                left_out.append(LeftOut(name, match.problem))
            elif match.path not in boxes:
                boxes[match.path] = boxing.kept(name, boxes_in(own), size_here(match.path))
    if not boxes:
        return None
    why = "boxes as Edge Impulse's uploader takes them"
    return DrawnBoxes(BOXES, boxes, why, frozenset(read), tuple(left_out), facts=boxing.facts)


def _entries(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(text_of(path))
    except (OSError, ValueError, RecursionError):
        return None
    own = value.get("boundingBoxes") if isinstance(value, dict) else None
    return own if isinstance(own, dict) else None
