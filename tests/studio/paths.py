"""Paths of requests and the patterns that name them."""

from __future__ import annotations

import re
from functools import cache

PREFIX = "/v1/api"


def short(path: str) -> str:
    """The path after `/v1/api`; another path stays whole."""
    return path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else path


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern names a path.

    Args:
        pattern: `*` stands for anything within one segment, `**` for anything. The project's
            number in front may be left out: `/raw-data/*/image` names `/1/raw-data/7/image`.
        path: see `short`.
    """
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern)
    kinds = {"**": ".*", "*": "[^/]*"}
    body = "".join(kinds.get(part, re.escape(part)) for part in parts)
    return re.compile(rf"(/\d+)?{body}", re.DOTALL)
