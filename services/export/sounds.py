"""The hottest part of a sound, as a file beside its overlay."""

from __future__ import annotations

from pathlib import Path

from gradcam.arrays import Floats
from services.export.plan import ExportPlan
from services.heatmaps.in_source import heard_parts
from services.media.medium import Reading
from services.media.sound.wav import wav_bytes


def hot_sound(reading: Reading, raw: Floats, plan: ExportPlan) -> bytes | None:
    """The WAV file of a sample's hottest part; None of what cannot be heard.

    Args:
        reading: of the sample.
        raw: (h, w) float32, its map.
        plan: what share of it, and what stands in place of the rest.

    Raises:
        PictureError: the file is gone.
    """
    parts = heard_parts(reading, raw, plan.heard_share / 100, plan.filling)
    return None if parts is None else wav_bytes(parts.hot, parts.rate)


def sound_beside(overlay: Path) -> Path:
    """Where the sound of an overlay lies."""
    return overlay.with_name(f"{overlay.stem}.hot.wav")
