"""Naming a source in one line of text, as it stands in a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlencode

from gradcam import Color, Scaling
from services.errors import ProjectError

DEMOS = ("cars", "fair", "gauge")


class SourceKind(StrEnum):
    """The kinds of sources."""

    DEMO = "demo"
    FOLDER = "folder"
    UPLOAD = "upload"
    STUDIO = "edge-impulse"


@dataclass(frozen=True)
class SourceReference:
    """A source, and what the person overrode in its input spec.

    Attributes:
        kind: demo, folder, upload or Edge Impulse Studio.
        place: the demo's name, the folder's path, the upload's digest, or a `StudioPlace`.
        scaling: chosen by the person in place of the source's or the check's.
        color: likewise.
        check: try every scaling, even where the source tells its own.
    """

    kind: SourceKind
    place: str
    scaling: Scaling | None = None
    color: Color | None = None
    check: bool = False

    def __str__(self) -> str:
        """`kind:place`, with `?scaling=…&color=…&check=1` where it applies."""
        query = urlencode({**self.overrides, **({"check": "1"} if self.check else {})})
        return f"{self.kind}:{quote(self.place, safe='/ ')}" + (f"?{query}" if query else "")

    @property
    def overrides(self) -> Mapping[str, str]:
        """What the person chose, by the name in the link."""
        chosen = {"scaling": self.scaling, "color": self.color}
        return {name: value for name, value in chosen.items() if value}

    def with_overrides(self, scaling: Scaling, color: Color | None) -> SourceReference:
        """The source with another input spec."""
        return replace(self, scaling=scaling, color=color)

    def without_overrides(self) -> SourceReference:
        """The source as it says itself."""
        return replace(self, scaling=None, color=None, check=False)

    def checked(self) -> SourceReference:
        """The source with every scaling tried."""
        return replace(self, check=True)


def parse_reference(text: str) -> SourceReference:
    """Read what `str(reference)` wrote.

    Raises:
        ProjectError: it names no source.
    """
    body, _, query = text.partition("?")
    kind, _, place = body.partition(":")
    chosen = dict(parse_qsl(query))
    try:
        return SourceReference(
            SourceKind(kind),
            unquote(place),
            Scaling(chosen["scaling"]) if "scaling" in chosen else None,
            Color(chosen["color"]) if "color" in chosen else None,
            check="check" in chosen,
        )
    except ValueError as error:
        raise ProjectError(
            "The link names a project that cannot be understood; choose one on the Project page."
        ) from error
