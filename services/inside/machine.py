"""Which machine this is, for figures that mean nothing without it."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine_name() -> str:
    """Name in its network, processor and cores."""
    cores = os.cpu_count() or 1
    return f"{platform.node() or 'this machine'} ({processor()}, {cores} core{'s' * (cores > 1)})"


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on Linux
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
