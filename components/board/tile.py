"""What a board draws: tiles in groups, their boxes, bars and legend."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum

from gradcam.box import Box
from services.sample import LabelledBox
from services.tasks.shown import Caption


class Shows(StrEnum):
    """What a tile shows."""

    PICTURE = "picture"
    HEAT = "heat"
    OVERLAY = "overlay"


@dataclass(frozen=True)
class DrawnMark:
    """A mark on a tile's picture.

    Attributes:
        x, y: its middle, in fractions of the picture.
        label: what it says where it is pointed at.
        kind: its colour: `hit`, `missed`, `false-alarm`, `wrong-class`, `unjudged`.
        glyph: the same for who cannot see its colour.
        id: given back by a click on it; "" where a click does nothing.
        chosen: whether it is the one that is looked at.
    """

    x: float
    y: float
    label: str
    kind: str
    glyph: str
    id: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Tile:
    """A picture, its heatmap, or both.

    Attributes:
        alt: what the picture shows, for who cannot see it.
        caption: the line beneath; in parts, the names in it give way where the tile is narrow.
        aspect: width over height.
        id: given back by a click; "" where a click does nothing.
        picture: encoded picture as a data address.
        heat: the heatmap as a grey picture, transparent where the network saw nothing.
        shows: picture, heat or overlay.
        verdict: `correct`, `incorrect`, `uncertain` or "".
        glyph: the verdict for who cannot see its colour.
        note: a sentence under the caption.
        badge: a few words on the picture.
        pixelated: enlarge without smoothing.
        seen: what the network saw of it, in fractions; None for all of it.
        boxes: what was drawn on the picture, in fractions of it.
        marks: what lies on it.
        marks_said: what these are called.
        frame: drawn around a part of it, in fractions, with its title; None for none.
        sample: whose picture it is, so that it can be flagged; "" where it is of none alone.
        flag: what people say of it; "" for nothing.
        who: initials of those who say it; "" on one's own machine.
        plays: whether it makes a sound, which `components.listening.ear` gives.
    """

    alt: str
    caption: str | Caption
    aspect: float
    id: str = ""
    picture: str | None = None
    heat: str | None = None
    shows: Shows = Shows.PICTURE
    verdict: str = ""
    glyph: str = ""
    note: str = ""
    badge: str = ""
    pixelated: bool = False
    seen: Box | None = None
    boxes: tuple[LabelledBox, ...] = ()
    marks: tuple[DrawnMark, ...] = ()
    marks_said: str = ""
    frame: LabelledBox | None = None
    sample: str = ""
    flag: str = ""
    who: str = ""
    plays: bool = False


@dataclass(frozen=True)
class Bar:
    """One line of a list of scores; `score` in 0..1 is its length, `mark` says what `true` is."""

    name: str
    text: str
    score: float
    true: bool = False
    mark: str = "true class"


@dataclass(frozen=True)
class Group:
    """Tiles under a title.

    Attributes:
        tiles: in order.
        title: "" for none.
        note: a sentence under the title.
        kind: `grid`, `strip` (three beside each other), `pair` (two), `four`, `row` (as many as
            fit) or `lead` (a grid whose first tile is large).
        tile_width: least width of a tile of a grid, in pixels.
        bars: scores above the tiles.
    """

    tiles: tuple[Tile, ...]
    title: str = ""
    note: str = ""
    kind: str = "grid"
    tile_width: int = 120
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Legend:
    """The numbers at the ends of the colour bar."""

    low: str = "0"
    high: str = "1"
    alt: str = "Colour bar from 0, cold, to 1, hot"


def data_address(encoded: bytes) -> str:
    """WebP or PNG bytes as an address that a page can show."""
    kind = "png" if encoded.startswith(b"\x89PNG") else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"
