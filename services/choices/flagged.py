"""The flags of an open project."""

from __future__ import annotations

from services.notes.flags import Flags, flags_of
from services.predictions.predictions import Predictions


def flags_in(predictions: Predictions) -> Flags:
    """What people say of a project's samples, and of what its network answers."""
    return flags_of(predictions.project.network.digest)
