"""Which learning blocks of a project can be explained, in which order, and why not the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.edge_impulse.model import DspBlock, Impulse, InputBlock, LearnBlock

B = TypeVar("B", InputBlock, DspBlock)

_DETECTION = "it detects objects, which is not explained here yet"
_ANOMALY = "it finds anomalies, for which there is no class score to explain"
OBSTACLES = {
    "keras-object-detection": _DETECTION,
    "keras-akida-object-detection": _DETECTION,
    "keras-visual-anomaly": _ANOMALY,
    "keras-anomaly": _ANOMALY,
    "anomaly": _ANOMALY,
    "anomaly-gmm": _ANOMALY,
    "keras-freeform": "it is a custom block of free form, whose outputs have no known meaning",
    "vlm": "it is a vision language model, not a Keras network",
}


@dataclass(frozen=True)
class BlockOption:
    """A learning block in its impulse.

    Attributes:
        impulse: where it stands.
        learn: the block.
        input: the block that its pictures come through; None where there is none for pictures.
        dsp: the image block before it; None where there is none.
        obstacle: why it cannot be explained; empty where it can.
    """

    impulse: Impulse
    learn: LearnBlock
    input: InputBlock | None
    dsp: DspBlock | None
    obstacle: str

    @property
    def title(self) -> str:
        """How people tell it from the others."""
        name = self.learn.name or f"block {self.learn.id}"
        impulse = self.impulse.name or f"impulse {self.impulse.id}"
        return f"{impulse}: {name}"


def options(impulses: Sequence[Impulse], default: int | None) -> tuple[BlockOption, ...]:
    """All learning blocks: those that can be explained first, the default impulse's before others.

    Args:
        impulses: of the project.
        default: number of the default impulse; None where Studio names none.
    """
    blocks = [_option(impulse, learn) for impulse in impulses for learn in impulse.learn]
    return tuple(
        sorted(blocks, key=lambda option: (bool(option.obstacle), option.impulse.id != default))
    )


def _option(impulse: Impulse, learn: LearnBlock) -> BlockOption:
    dsp = _by_id(impulse.dsp, learn.dsp[0]) if len(learn.dsp) == 1 else None
    entry = None
    if dsp is not None:
        wanted = impulse.inputs[0].id if dsp.input is None and impulse.inputs else dsp.input
        entry = _by_id(impulse.inputs, wanted)
    return BlockOption(impulse, learn, entry, dsp, _obstacle(learn, dsp, entry))


def _obstacle(learn: LearnBlock, dsp: DspBlock | None, entry: InputBlock | None) -> str:
    other = "" if learn.type.startswith("keras") else f"it is no Keras block ({learn.type})"
    if reason := OBSTACLES.get(learn.type, other):
        return reason
    if len(learn.dsp) != 1:
        return "it takes the features of several processing blocks"
    if entry is None or entry.type != "image":
        return "it takes sounds or sensor data; only pictures are explained so far"
    if dsp is None or dsp.type != "image":
        return "its pictures go through a processing block other than Studio's image block"
    return ""


def _by_id(blocks: Sequence[B], wanted: int | None) -> B | None:
    return next((block for block in blocks if block.id == wanted), None)
