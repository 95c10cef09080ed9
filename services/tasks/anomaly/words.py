"""What pictures in which nothing is wrong are called."""

from __future__ import annotations

from collections.abc import Collection

NORMAL = "no anomaly"  # as Edge Impulse calls them
ANOMALY = "anomaly"
_NORMAL_WORDS = (
    "no anomaly", "good", "normal", "ok", "okay", "no defect", "defect free", "non defective",
    "nominal", "regular", "healthy", "pass", "clean", "0",
)  # fmt: skip


def normal_among(labels: Collection[str]) -> str | None:
    """The label that says that nothing is wrong; None where none of them does.

    Args:
        labels: distinct.
    """
    known = {_plain(label): label for label in sorted(labels, reverse=True)}
    return next((known[word] for word in _NORMAL_WORDS if word in known), None)


def _plain(label: str) -> str:
    return " ".join(label.casefold().replace("_", " ").replace("-", " ").split())
