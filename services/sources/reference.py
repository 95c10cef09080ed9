"""Naming a source in one line of text, as it stands in a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlencode

from services.alternative import NETWORK_FILE
from services.errors import ProjectError
from services.media.input_options import INPUT_OPTIONS

DEMOS = ("cars", "fair", "gauge", "marks", "fair_marks", "words", "fair_words")
# What a person may pick where there are several.
SPLIT, MODEL, OUTPUT, CLASSES = "split", NETWORK_FILE, "output", "classes"
NAME = "name"  # what a person calls the project
LONGEST = 80  # characters of a name


class SourceKind(StrEnum):
    """The kinds of sources."""

    DEMO = "demo"
    FOLDER = "folder"
    UPLOAD = "upload"
    STUDIO = "edge-impulse"
    BUCKET = "bucket"

    @property
    def said(self) -> str:
        """In words: `demo`, `Edge Impulse`."""
        return "Edge Impulse" if self is SourceKind.STUDIO else str(self)

    @property
    def needs_key(self) -> bool:
        """Whether it opens for who has its API key alone."""
        return self is SourceKind.STUDIO


@dataclass(frozen=True)
class SourceReference:
    """A source, and what the person overrode in its input spec.

    Attributes:
        kind: where such a thing lies.
        place: the demo's name, the folder's path, the upload's digest, a `StudioPlace`, or a
            bucket's address.
        chosen: names of input options and values that the person chose, in place of the source's
            or the check's.
        check: try every scaling, even where the source tells its own.
        picks: what the person took of what a folder holds several of, by `Alternative.name`; and
            what they call the project.
    """

    kind: SourceKind
    place: str
    chosen: tuple[tuple[str, str], ...] = ()
    check: bool = False
    picks: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """`kind:place`, with `?split=…&scaling=…&color=…&check=1` where it applies."""
        check = {"check": "1"} if self.check else {}
        query = urlencode({**dict(self.picks), **self.overrides, **check})
        return f"{self.kind}:{quote(self.place, safe='/ ')}" + (f"?{query}" if query else "")

    @property
    def overrides(self) -> Mapping[str, str]:
        """What the person chose, by the name in the link."""
        return dict(self.chosen)

    def with_overrides(self, overrides: Mapping[str, str]) -> SourceReference:
        """The source with another input spec; see `changed` on what is pinned with what."""
        named = [(name, overrides[name]) for name in INPUT_OPTIONS if name in overrides]
        return replace(self, chosen=tuple((name, str(value)) for name, value in named))

    def without_overrides(self) -> SourceReference:
        """The source as it says itself."""
        return replace(self, chosen=(), check=False)

    def called(self, name: str) -> SourceReference:
        """The source under a person's own name for it; "" for the one that it has by itself."""
        return self.picking(**{NAME: " ".join(name.split())[:LONGEST]})

    def picking(self, **picks: str) -> SourceReference:
        """The source with another split, network or output; "" for the one taken by itself."""
        return replace(self, picks=_in_order({**dict(self.picks), **picks}))


def _in_order(picks: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    order = (SPLIT, MODEL, OUTPUT, CLASSES, NAME)
    return tuple((name, picks[name]) for name in order if picks.get(name))


def parse_reference(text: str) -> SourceReference:
    """Read what `str(reference)` wrote.

    Raises:
        ProjectError: it names no source.
    """
    body, _, query = text.partition("?")
    kind, _, place = body.partition(":")
    said = dict(parse_qsl(query))
    overrides = {name: value for name, value in said.items() if name in INPUT_OPTIONS}
    if kind not in list(SourceKind) or not all(
        INPUT_OPTIONS[name].takes(value) for name, value in overrides.items()
    ):
        raise ProjectError(
            "The link names no project: its source begins with demo, folder, upload, bucket or "
            "edge-impulse, and a colon."
        )
    plain = SourceReference(
        SourceKind(kind), unquote(place), check="check" in said, picks=_in_order(said)
    )
    return plain.with_overrides(overrides)
