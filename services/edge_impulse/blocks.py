"""Which learning blocks of a project can be explained, in which order, and why not the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
class _InImpulse:
    """A learning block in its impulse.

    Attributes:
        impulse: where it stands.
        learn: the block.
    """

    impulse: Impulse
    learn: LearnBlock

    @property
    def title(self) -> str:
        """How people tell it from the others."""
        name = self.learn.name or f"block {self.learn.id}"
        impulse = self.impulse.name or f"impulse {self.impulse.id}"
        return f"{impulse}: {name}"


@dataclass(frozen=True)
class UsableBlock(_InImpulse):
    """One that can be explained.

    Attributes:
        input: the block that its pictures come through.
        dsp: the image block before it.
    """

    input: InputBlock
    dsp: DspBlock


@dataclass(frozen=True)
class UnusableBlock(_InImpulse):
    """One that cannot be explained.

    Attributes:
        obstacle: why not.
    """

    obstacle: str


@dataclass(frozen=True)
class Blocks:
    """Learning blocks of a project, in the order in which they are tried."""

    usable: tuple[UsableBlock, ...]
    unusable: tuple[UnusableBlock, ...]

    def __len__(self) -> int:
        """How many there are of both."""
        return len(self.usable) + len(self.unusable)

    def first(self, learn: int) -> Blocks:
        """The same with the block of a number before the others."""
        return Blocks(
            tuple(sorted(self.usable, key=lambda block: block.learn.id != learn)),
            tuple(sorted(self.unusable, key=lambda block: block.learn.id != learn)),
        )

    def only(self, learn: Collection[int]) -> Blocks:
        """Those of some numbers."""
        return Blocks(
            tuple(block for block in self.usable if block.learn.id in learn),
            tuple(block for block in self.unusable if block.learn.id in learn),
        )


def blocks_of(impulses: Sequence[Impulse], default: int | None) -> Blocks:
    """All learning blocks, the default impulse's before others.

    Args:
        impulses: of the project.
        default: number of the default impulse; None where Studio names none.
    """
    ordered = sorted(impulses, key=lambda impulse: impulse.id != default)
    blocks = [_block(impulse, learn) for impulse in ordered for learn in impulse.learn]
    return Blocks(
        tuple(block for block in blocks if isinstance(block, UsableBlock)),
        tuple(block for block in blocks if isinstance(block, UnusableBlock)),
    )


def _block(impulse: Impulse, learn: LearnBlock) -> UsableBlock | UnusableBlock:
    dsp = _by_id(impulse.dsp, learn.dsp[0]) if len(learn.dsp) == 1 else None
    entry = None
    if dsp is not None:
        wanted = impulse.inputs[0].id if dsp.input is None and impulse.inputs else dsp.input
        entry = _by_id(impulse.inputs, wanted)
    other = "" if learn.type.startswith("keras") else f"it is no Keras block ({learn.type})"
    if obstacle := OBSTACLES.get(learn.type, other):
        pass
    elif len(learn.dsp) != 1:
        obstacle = "it takes the features of several processing blocks"
    elif entry is None or entry.type != "image":
        obstacle = "it takes sounds or sensor data; only pictures are explained so far"
    elif dsp is None or dsp.type != "image":
        obstacle = "its pictures go through a processing block other than Studio's image block"
    else:
        return UsableBlock(impulse, learn, entry, dsp)
    return UnusableBlock(impulse, learn, obstacle)


def _by_id(blocks: Sequence[B], wanted: int | None) -> B | None:
    return next((block for block in blocks if block.id == wanted), None)
