"""What a source holds, before its network is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.alternative import Alternative
from services.class_list import ClassList
from services.fact import Fact
from services.keeping.locks import Hold
from services.sources.labels.labelled import LabelledSet
from services.sources.manifest import Manifest
from services.sources.mixture import Scored


@dataclass(frozen=True)
class SourceContent:
    """What a source holds.

    Attributes:
        name: for the page, where the manifest gives none.
        model: the network's file.
        manifest: what the source says of itself.
        labelled: the samples.
        class_lists: what its files say of the classes, the likeliest first.
        facts: what was worked out, or chosen, or said elsewhere.
        weights: of a network whose layers alone are in the model's file; None where that is whole.
        alternatives: what a person can take in place of what was taken.
        network_name: what people call the network; None for its file's name.
        objects: the samples as their boxes label them, read once a network wants them; None where
            all have the boxes that are on them.
        scored: how the network's features are scored; None where it gives its answers itself.
        held: its files, where they lie in the server's cache: they stay as long as this.
    """

    name: str
    model: Path
    manifest: Manifest
    labelled: LabelledSet
    class_lists: tuple[ClassList, ...]
    facts: tuple[Fact, ...]
    weights: Path | None = None
    alternatives: tuple[Alternative, ...] = ()
    network_name: str | None = None
    objects: Callable[[], LabelledSet] | None = field(default=None, compare=False, repr=False)
    scored: Scored | None = None
    held: Hold | None = field(default=None, compare=False, repr=False)
