"""Where on a sample a part of the tensor lies, in words."""

from __future__ import annotations

from typing import Protocol

from gradcam.spray import Region

_ROWS, _COLUMNS = ("top", "", "bottom"), ("left", "", "right")


class Whereabouts(Protocol):
    """Names places of a tensor as a person knows them on the sample."""

    def region(self, region: Region) -> str:
        """An edge or a corner of the tensor: `at the top edge`."""

    def cell(self, down: float, across: float) -> str:
        """The surroundings of a point: `at the top left`, `in the middle`.

        Args:
            down: from the first row to the last, 0..1.
            across: from the first column to the last, 0..1.
        """


class OnPicture:
    """Of pictures, which people look at as the network does; see `Whereabouts`."""

    def region(self, region: Region) -> str:
        """The edge's own name."""
        return f"at {region}"

    def cell(self, down: float, across: float) -> str:
        """By thirds of both sides."""
        row, column = (
            names[min(2, int(3 * at))] for names, at in ((_ROWS, down), (_COLUMNS, across))
        )
        return (
            f"at the {' '.join(filter(None, (row, column)))}" if row or column else "in the middle"
        )


ON_PICTURE = OnPicture()
