"""Where a project lies in Edge Impulse, as it stands in a link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from services.edge_impulse.host import PUBLIC
from services.errors import ProjectError


class Way(StrEnum):
    """How the test set is fetched."""

    SAMPLES = "samples"  # sample by sample: needs no right to start jobs
    EXPORT = "export"  # one zip of the whole project, which Studio has to make first


@dataclass(frozen=True)
class StudioPlace:
    """A learning block of a project, and how its test set is fetched.

    Attributes:
        origin: of its Studio.
        project, impulse, learn: their numbers.
        way: how the test set is fetched.
    """

    origin: str
    project: int
    impulse: int
    learn: int
    way: Way = Way.SAMPLES

    @property
    def studio(self) -> str:
        """Names the project, whatever is looked at in it: its Studio's origin and its number."""
        return f"{self.origin}/{self.project}"

    def __str__(self) -> str:
        """`project/impulse/learn`, with the origin before it where it is not the public Studio."""
        origin = "" if self.origin == PUBLIC else f"{self.origin}/"
        way = "" if self.way is Way.SAMPLES else f"/{self.way}"
        return f"{origin}{self.project}/{self.impulse}/{self.learn}{way}"


_PLACE = re.compile(r"(?:(https?://[^/?#@]+)/)?(\d{1,12})/(\d{1,12})/(\d{1,12})(?:/(\w+))?")


def parse_place(text: str) -> StudioPlace:
    """Read what `str(place)` wrote.

    Raises:
        ProjectError: it names no place.
    """
    match = _PLACE.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        origin, project, impulse, learn, way = match.groups()
        return StudioPlace(
            origin or PUBLIC, int(project), int(impulse), int(learn), Way(way or Way.SAMPLES)
        )
    except ValueError as error:
        raise ProjectError(
            "The link names no Edge Impulse project that can be understood; "
            "connect with its API key on the Project page."
        ) from error
