"""The browser that the tests and the screenshots drive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# As root in a container there is no sandbox, and nothing may call home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """An installed Chromium: `CHROMIUM` says where, then the usual names, then Playwright's own."""
    if given := os.environ.get("CHROMIUM"):
        return given
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    kept = Path.home() / ".cache" / "ms-playwright"
    return next((str(path) for path in sorted(kept.glob("chromium-*/chrome-linux*/chrome"))), None)
