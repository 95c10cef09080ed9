"""What a requirements file pins."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def pins(name):
    """Versions by the names of packages, those of files that it takes along included."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = {}
    for other in re.findall(r"^-r (\S+)", text, re.MULTILINE):
        pinned |= pins(other)
    pattern = r"^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==([^\s;#]+)"
    return pinned | dict(re.findall(pattern, text, re.MULTILINE))
