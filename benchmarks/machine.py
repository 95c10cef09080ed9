"""The line that says where the numbers come from."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from services.inside.machine import processor

PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "opencv-python-headless", "streamlit")


def machine() -> str:
    """Cores, processor, load and versions."""
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:  # tensorflow is there under one of its two names
            continue
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {processor()}{load}; {', '.join(versions)}."
