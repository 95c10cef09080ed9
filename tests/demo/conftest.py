"""The two demo projects, opened once, with a cache of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.opening.opening import Opened, open_source
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference


@pytest.fixture(scope="module")
def open_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Opened]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield lambda name: open_source(SourceReference(SourceKind.DEMO, name))
    settings.cache_clear()


@pytest.fixture(scope="module")
def cars(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("cars")


@pytest.fixture(scope="module")
def gauge(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("gauge")


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    return Path(__file__).parents[2] / "demo"
