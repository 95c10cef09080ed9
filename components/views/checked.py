"""What a check says of a heatmap, in a few signs: for tiles, where a sentence has no room."""

from __future__ import annotations

from gradcam.truth import Check, Outcome

# No ✓ and no ✗: those say whether a sample is right.
OUTCOME_GLYPHS = {
    Outcome.SUPPORTED: "▲",
    Outcome.NO_BETTER: "≈",
    Outcome.WORSE: "▼",
    Outcome.NOTHING_TO_SAY: "○",
}
GLYPHS_SAID = "▲ better than chance, ≈ no better, ▼ worse, ○ nothing to tell."


def figures_caption(part: str) -> str:
    """What the figures under heatmaps are, by what share is hidden."""
    return (
        f"Under each heatmap: the target → with the hottest {part} hidden, beside a random {part} "
        "hidden."
    )


def figures_said(check: Check) -> str:
    """The target, without the hottest and without a random fifth, in a few signs."""
    if check.degenerate is not None:
        return str(check.degenerate.value)
    told = check.figures_said
    moved = f", moved by {told.moved}" if told.moved else ""
    said = f"{told.whole} → {told.hidden}{moved}, random {told.chance}"
    return said.replace(" %", "\u00a0%").replace(" → ", "\u00a0→\u00a0")
