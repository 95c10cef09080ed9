"""A team's dashboard of one's own: PostgreSQL, two replicas, the proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hosting.install import missing
from hosting.team import Team, kept_in, running_team


@pytest.fixture
def team() -> Iterator[Team]:
    """Both replicas are ready. Not in pytest's folder, where PostgreSQL's user may not look."""
    if lacking := missing():
        pytest.skip(f"not installed: {', '.join(lacking)}; `make team` does it on Debian")
    # Each colleague brings projects of their own, and looks at them again and again.
    kept = {"GRADCAM_PROJECTS": "80"}
    with kept_in() as folder, running_team(folder, environment=kept) as running:
        yield running
