"""When people may be led to a server, and when not."""

import shutil
from collections import namedtuple
from threading import Event, Thread

import pytest

from services import readiness
from services.errors import DatabaseError
from services.readiness import KEPT, Essential, Readiness
from services.settings import settings
from tests.waiting import PATIENCE


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def looking(checks):
    clock = Clock()
    return Readiness(checks, clock), clock


def test_everything_is_lacking_before_somebody_has_looked():
    ready, _ = looking({Essential.DISK: lambda: True, Essential.DATABASE: lambda: True})
    assert ready.last_lacking == {Essential.DISK, Essential.DATABASE}
    assert ready.lacking() == frozenset()
    assert ready.last_lacking == frozenset()


def test_an_answer_holds_for_a_while_and_is_then_looked_for_again():
    asked = []
    ready, clock = looking({Essential.DISK: lambda: not asked.append(1) and len(asked) < 2})
    assert ready.lacking() == frozenset()
    clock.now = KEPT - 0.1
    assert ready.lacking() == frozenset()
    assert len(asked) == 1
    clock.now = KEPT
    assert ready.lacking() == {Essential.DISK}


@pytest.mark.parametrize("raised", [DatabaseError("no"), OSError("gone"), ZeroDivisionError()])
def test_what_a_check_raises_counts_as_no(raised):
    def fails():
        raise raised

    ready, _ = looking({Essential.DATABASE: fails, Essential.DISK: lambda: True})
    assert ready.lacking() == {Essential.DATABASE}


def test_whoever_cannot_tell_in_time_says_no(monkeypatch):
    monkeypatch.setattr(readiness, "PATIENCE", 0.01)
    begun, go_on = Event(), Event()

    def hangs():
        begun.set()
        return go_on.wait(PATIENCE)

    ready, _ = looking({Essential.HEATMAP: hangs})
    first = Thread(target=ready.lacking)
    first.start()
    assert begun.wait(PATIENCE)
    assert ready.lacking() == {Essential.HEATMAP}
    go_on.set()
    first.join()
    assert ready.lacking() == frozenset()


def test_a_heatmap_that_shows_nothing_is_none(monkeypatch, workshop):
    import numpy as np

    from services import asking

    monkeypatch.setattr(asking, "_workshop", workshop)
    assert readiness.READINESS._checks[Essential.HEATMAP] is readiness._is_explained
    opened = readiness.warm_up(readiness.begin)
    assert opened.wait(PATIENCE)
    assert readiness._is_explained()
    plain = readiness.heatmaps

    def blank(*args):
        (heat,) = plain(*args)
        return [type(heat)(heat.raw, np.zeros_like(heat.heat), 0.0, None, heat.target)]

    monkeypatch.setattr(readiness, "heatmaps", blank)
    assert not readiness._is_explained()


def test_a_full_disk_is_seen_also_before_there_is_a_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "not" / "there"))
    monkeypatch.setenv("GRADCAM_FREE_GB", "2")
    settings.cache_clear()
    usage = namedtuple("usage", "total used free")
    for free, enough in ((2_000_000_000, True), (1_999_999_999, False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage(0, 0, free))
        assert readiness._has_room() is enough


def test_a_database_that_nobody_has_made_is_no_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "notes"))
    settings.cache_clear()
    assert readiness._answers()
    assert not (tmp_path / "notes").exists()
