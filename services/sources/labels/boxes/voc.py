"""Pascal VOC's XML, a file a picture: beside it, or in a folder such as `Annotations`.

Format: http://host.robots.ox.ac.uk/pascal/VOC/; corners in pixels.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path, PureWindowsPath
from xml.etree.ElementTree import Element, ParseError, XMLParser

from services.sample import LabelledBox, LeftOut
from services.sources.decoding import text_of
from services.sources.labels.boxes.drawn import Boxing, DrawnBoxes, PictureSize
from services.sources.labels.boxes.near import files_near, pictures_in
from services.sources.splits import split_of
from services.sources.tree import Folder

NAME = "Pascal VOC files"
SETS = "ImageSets"  # the folder with lists of pictures, a split each
VOC_ENDING = ".xml"
LARGEST = 4_000_000  # bytes of one: thousands of boxes
DAMAGED = "it is no XML that can be read"
ENTITIES = "it declares entities of its own, which may be anything and are not read"


def read_voc(data: Folder, project: Folder) -> DrawnBoxes | None:
    """See `BoxReader`; a file speaks of the picture of its own name, else of the one it names."""
    by_stem, by_name = defaultdict[str, list[Path]](list), defaultdict[str, list[Path]](list)
    for each in pictures_in(data):
        by_stem[each.stem.casefold()].append(each)
        by_name[each.name.casefold()].append(each)
    boxing, boxes, left_out, read = Boxing(NAME), dict[Path, tuple[LabelledBox, ...]](), [], set()
    for path in files_near(data, project, VOC_ENDING):
        root, problem = _annotation(path)
        own = by_stem.get(path.stem.casefold(), [])
        if root is None:
            if own:
                read.add(path)
                left_out.append(LeftOut(path.name, problem))
            continue
        named = by_name.get(PureWindowsPath(root.findtext("filename") or "").name.casefold(), [])
        picture = _nearest(path, own or named)
        if picture is None or picture in boxes:
            continue
        read.add(path)
        boxes[picture] = boxing.kept(picture.name, _boxes(root, picture, boxing), _size(root))
    if not boxes:
        return None
    why, only = "boxes in Pascal VOC's XML, a file a picture", None
    if (listed := _split_list(data, project)) is not None:
        stems = {line.split()[0].casefold() for line in _lines(listed)}
        only = frozenset(path for stem in stems for path in by_stem.get(stem, ())) or None
    if only is not None and listed is not None:
        why += f"; only those of {SETS}/{listed.name}: {len(only)}"
    return DrawnBoxes(
        NAME, boxes, why, frozenset(read), tuple(left_out), only=only, facts=boxing.facts
    )


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in text_of(path).split("\n") if line.strip()]
    except (OSError, ValueError):
        return []


def _split_list(data: Folder, project: Folder) -> Path | None:
    """The list of the pictures to test with, where there is one for each of several splits."""
    lists = [
        (split, path)
        for path in files_near(data, project, ".txt")
        if SETS in path.parts and (split := split_of(path.stem)) is not None
    ]
    best = min(lists, default=None)
    return best[1] if best is not None and len({split for split, _ in lists}) > 1 else None


def _annotation(path: Path) -> tuple[Element | None, str]:
    """The root of a file of boxes; None and the reason where it is none."""
    try:
        text = text_of(path) if path.stat().st_size <= LARGEST else ""
    except (OSError, ValueError):
        return None, DAMAGED
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        return None, ENTITIES
    parser = XMLParser()  # noqa: S314 - without a DOCTYPE there is no entity to expand or fetch
    try:
        parser.feed(text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text)
        root = parser.close()
    except (ParseError, ValueError):
        return None, DAMAGED
    return (root, "") if root.tag == "annotation" else (None, "it is no Pascal VOC file")


def _nearest(path: Path, pictures: list[Path]) -> Path | None:
    """The one in the same place, where several folders hold a picture of that name."""
    shared = {picture: len(set(picture.parents) & set(path.parents)) for picture in pictures}
    return max(pictures, key=lambda picture: shared[picture], default=None)


def _size(root: Element) -> PictureSize | None:
    width, height = (_number(root.findtext(f"size/{side}")) for side in ("width", "height"))
    return (width, height) if width and height and width > 0 and height > 0 else None


def _boxes(root: Element, picture: Path, boxing: Boxing) -> list[LabelledBox]:
    boxes = []
    for each in root.iter("object"):
        name = (each.findtext("name") or "").strip()
        corners = [_number(each.findtext(f"bndbox/{key}")) for key in CORNERS]
        left, top, right, bottom = corners
        if left is None or top is None or right is None or bottom is None:
            boxing.odd(picture.name, "have no four corners")
        elif not name:
            boxing.odd(picture.name, "have no name")
        else:
            boxes.append(LabelledBox(name, left, top, right - left, bottom - top))
    return boxes


CORNERS = ("xmin", "ymin", "xmax", "ymax")


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
