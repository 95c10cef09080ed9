"""The families of networks that people start from, and how each wants its pictures."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam.input_spec import Resize
from gradcam.scaling import Scaling


@dataclass(frozen=True)
class Topology:
    """A well-known family of networks, told by how it is built and never by its names.

    How it wants its pictures is what its authors' `preprocess_input` does: a prior, strong for a
    network that began with their weights. It is meant for the family's own first layer: where a
    network has its preprocessing inside (`Network.preprocessing`), that counts for the outside.

    Attributes:
        name: as people say it, such as MobileNetV2.
        scaling: how pixels arrive at its first layer with weights.
        resize: how pictures are made to fit, where that is known too.
    """

    name: str
    scaling: Scaling
    resize: Resize | None = None
