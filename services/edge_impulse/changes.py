"""What is new since the visit before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.edge_impulse.blocks import UsableBlock
from services.edge_impulse.model import LearnMetadata, StudioSample
from services.edge_impulse.shelf import Shelf

EARLIER = "Manifest("  # begins the words of earlier versions, which changed with theirs


@dataclass(frozen=True)
class Changes:
    """What is new since the visit before.

    Attributes:
        added, removed, changed, relabelled: numbers of samples.
        altered: with other boxes, or taken in or left out by Studio's user.
        retrained: whether the model is another one.
        reconfigured: whether the impulse prepares samples in another way.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    relabelled: int = 0
    altered: int = 0
    retrained: bool = False
    reconfigured: bool = False

    def __str__(self) -> str:
        """One sentence."""
        counts = {
            "added": self.added,
            "removed": self.removed,
            "with another file": self.changed,
            "with another label": self.relabelled,
            "with other boxes or switched on or off": self.altered,
        }
        said = [f"{count:,} {word}" for word, count in counts.items() if count]
        samples = f"samples: {', '.join(said)}" if said else ""
        model = "the model was trained again" if self.retrained else ""
        impulse = "the impulse was changed" if self.reconfigured else ""
        new = "; ".join(part for part in (model, impulse, samples) if part)
        return f"New since the last visit: {new}." if new else "Nothing is new in Studio."


def changes_since(
    shelf: Shelf,
    block: UsableBlock,
    metadata: LearnMetadata,
    samples: Sequence[StudioSample],
    prepared: str = "",
) -> Changes | None:
    """Compare with what was noted at the visit before, and note what there is now.

    Args:
        shelf: where it is noted.
        block: which learning block.
        metadata: what Studio says of it.
        samples: as Studio lists them.
        prepared: how samples are, in any words that change with it.

    Returns:
        What is new; None at the first visit.
    """
    name = f"seen-{block.learn.id}"
    before = shelf.notes(name)
    now = {str(s.id): [s.identity, [s.label, *s.labels], f"{s.problem} {s.boxes}"] for s in samples}
    shelf.note(name, {"model": metadata.created, "prepared": prepared, "samples": now})
    then = before.get("samples")
    if not isinstance(then, dict):
        return None
    earlier = str(before.get("prepared", prepared))
    common = now.keys() & then.keys()
    changed = {key for key in common if now[key][0] != then[key][0]}
    relabelled = {key for key in common - changed if now[key][1] != then[key][1]}
    altered = {key for key in common - changed - relabelled if now[key] != then[key]}
    return Changes(
        added=len(now.keys() - then.keys()),
        removed=len(then.keys() - now.keys()),
        changed=len(changed),
        relabelled=len(relabelled),
        altered=len(altered),
        retrained=before.get("model") != metadata.created,
        # Notes of older versions have other words for it: they tell nothing.
        reconfigured=earlier != prepared and not earlier.startswith(EARLIER),
    )
