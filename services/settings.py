"""What the server's owner decides, read from the environment once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The server's configuration.

    Attributes:
        cache: folder for predictions, uploads and whatever else is kept (`GRADCAM_CACHE`).
        cache_bytes: bound of what is kept in it and in use by nobody (`GRADCAM_CACHE_GB`).
        notes: folder for what people write, which is never thrown away (`GRADCAM_NOTES`).
        folders: only folders below these may be opened by path (`GRADCAM_FOLDERS`, separated as
            in PATH); None where any may, as on one's own machine.
        capture_bytes: bound of the in-memory captures (`GRADCAM_CAPTURE_MB`).
        fold: whether batch normalisations are folded, see `gradcam.load_network` (`GRADCAM_FOLD`, 0
            for Keras' own order of operations).
        projects: how many opened projects are kept in memory (`GRADCAM_PROJECTS`).
        studio_hosts: Edge Impulse hosts beside the public one (`GRADCAM_STUDIO_HOSTS`, separated by
            commas; `*` for any on the public internet).
        studio_timeout: seconds that Studio has for an answer (`GRADCAM_STUDIO_TIMEOUT`).
        studio_poll: at most so many seconds between two looks at a job in Studio
            (`GRADCAM_STUDIO_POLL`).
    """

    cache: Path
    cache_bytes: int
    notes: Path
    folders: tuple[Path, ...] | None
    capture_bytes: int
    fold: bool
    projects: int
    studio_hosts: tuple[str, ...]
    studio_timeout: float
    studio_poll: float


@cache
def settings() -> Settings:
    """The settings of this process."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folders = os.environ.get("GRADCAM_FOLDERS")
    return Settings(
        cache=Path(os.environ.get("GRADCAM_CACHE") or Path(base) / "gradcam-dashboard"),
        cache_bytes=round(float(os.environ.get("GRADCAM_CACHE_GB", "10")) * 1e9),
        notes=Path(os.environ.get("GRADCAM_NOTES") or Path(data) / "gradcam-dashboard"),
        folders=None
        if folders is None
        else tuple(Path(part).resolve() for part in folders.split(os.pathsep) if part),
        capture_bytes=int(os.environ.get("GRADCAM_CAPTURE_MB", "256")) * 1_000_000,
        fold=os.environ.get("GRADCAM_FOLD", "1") != "0",
        projects=int(os.environ.get("GRADCAM_PROJECTS", "4")),
        studio_hosts=tuple(
            part.strip()
            for part in os.environ.get("GRADCAM_STUDIO_HOSTS", "").split(",")
            if part.strip()
        ),
        studio_timeout=float(os.environ.get("GRADCAM_STUDIO_TIMEOUT", "30")),
        studio_poll=float(os.environ.get("GRADCAM_STUDIO_POLL", "3")),
    )
