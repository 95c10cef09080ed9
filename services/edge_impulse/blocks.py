"""Which learning blocks of a project can be explained, in which order, and why not the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.feeds.finding import feed_of
from services.edge_impulse.learning import learn_kind
from services.edge_impulse.model import Impulse, LearnBlock


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
        feed: what its network is fed with.
    """

    feed: Feed


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
    obstacle = learn_kind(learn.type).obstacle
    feed = obstacle or feed_of(impulse, learn)
    if isinstance(feed, str):
        return UnusableBlock(impulse, learn, feed)
    return UsableBlock(impulse, learn, feed)
