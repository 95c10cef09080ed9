"""Samples are read ahead of whoever works on them: in order, and two parts at most."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gradcam import PictureError
from services.media import reading
from services.media.reading import (
    BATCH_SIZE,
    DECODERS,
    Unreadable,
    in_parts,
    read_all,
    read_whole,
    readable,
    reading_ahead,
    unreadable,
)
from services.sample import Sample, Window
from tests.waiting import PATIENCE


@dataclass
class Files:
    """A medium whose files are their names; it counts what is read, and can be made to wait."""

    held: frozenset = frozenset()
    read_so_far: list = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    go_on: threading.Event = field(default_factory=threading.Event)

    def read(self, path, window):
        with self.changed:
            self.read_so_far.append(path.name)
            self.changed.notify_all()
        if path.name in self.held:
            assert self.go_on.wait(PATIENCE)
        if path.name.startswith("bad"):
            raise PictureError(f"{path.name} is damaged")
        if path.name.startswith("bug"):
            raise ZeroDivisionError(path.name)
        return path.name

    def reaches(self, count):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.read_so_far) >= count, PATIENCE)


def named(names):
    return [Sample(name, Path(name), None) for name in names]


def parts_of(count, size=2):
    return [named(f"{part}.{number}" for number in range(size)) for part in range(count)]


def test_every_file_comes_in_its_place_whichever_is_read_first():
    files = Files(frozenset({"0.0", "1.1"}))

    def look(name):
        if name in {"0.1", "1.0"}:
            files.go_on.set()  # the one before it is still being read
        return name.upper() + "!"

    with reading_ahead(files, parts_of(3), look) as coming:
        assert list(coming) == [["0.0!", "0.1!"], ["1.0!", "1.1!"], ["2.0!", "2.1!"]]


def test_each_window_of_a_file_is_read_by_itself():
    class Windows:
        def read(self, path, window):
            return path.name, window

    windows = Window(0, 4, 0, 2), Window(2, 6, 1, 2)
    samples = [Sample("a", Path("a"), None, window=window) for window in windows]
    assert read_all(Windows(), samples, lambda read: read) == [("a", each) for each in windows]


def test_what_cannot_be_read_is_told_in_its_place():
    with reading_ahead(Files(), [named(["a", "bad 1"]), named(["bad 2"])], str) as coming:
        assert list(coming) == [
            ["a", Unreadable("bad 1 is damaged")],
            [Unreadable("bad 2 is damaged")],
        ]


def test_nothing_at_all_has_no_part_and_an_empty_part_stays_one():
    with reading_ahead(Files(), [], str) as coming:
        assert list(coming) == []
    assert read_all(Files(), [], str) == []


def test_the_next_part_is_read_while_one_is_worked_on_and_no_more():
    files = Files()
    with reading_ahead(files, parts_of(5), str) as coming:
        for parts in (2, 3, 4, 5, 5):
            next(coming)
            assert files.reaches(2 * parts)
            assert len(files.read_so_far) == 2 * parts


def test_files_are_named_no_earlier_than_they_are_read():
    """So that a million samples need no list of all their parts."""
    asked = []

    def parts():
        for number, part in enumerate(parts_of(5)):
            asked.append(number)
            yield part

    with reading_ahead(Files(), parts(), str) as coming:
        next(coming)
        assert asked == [0, 1]
        next(coming)
        assert asked == [0, 1, 2]


def test_two_files_are_read_at_once():
    assert DECODERS == 2
    files = Files(frozenset({"0.0", "0.1"}))
    done = []

    def whole():
        done.append(read_all(files, parts_of(1)[0], str))

    thread = threading.Thread(target=whole)
    thread.start()
    assert files.reaches(2)  # both wait
    files.go_on.set()
    thread.join(PATIENCE)
    assert done == [["0.0", "0.1"]]


def test_who_leaves_waits_only_for_what_is_being_read(monkeypatch):
    files = Files(frozenset({"1.0", "1.1"}))

    class Pool(ThreadPoolExecutor):
        """Lets the readers go on once the rest is called off."""

        def shutdown(self, wait=True, **rest):
            super().shutdown(wait=False, **rest)
            files.go_on.set()
            super().shutdown(wait)

    monkeypatch.setattr(reading, "ThreadPoolExecutor", Pool)
    with reading_ahead(files, parts_of(9, size=8), str) as coming:
        next(coming)
        assert files.reaches(10)  # the whole first part, and the two that are held
    assert len(files.read_so_far) == 10
    assert not [one for one in threading.enumerate() if one.name.startswith("reading")]


def test_a_fault_of_ours_is_no_damaged_file():
    with (
        pytest.raises(ZeroDivisionError, match="bug"),
        reading_ahead(Files(), [named(["a", "bug"])], str) as coming,
    ):
        next(coming)


def test_a_fault_while_looking_at_a_picture_is_told_as_its_reason():
    def look(name):
        raise PictureError("not an RGB picture")

    assert read_all(Files(), named(["a"]), look) == [Unreadable("not an RGB picture")]


def test_where_none_may_be_missing_the_first_reason_is_raised():
    assert read_whole(Files(), named("abc"), str) == ["a", "b", "c"]
    with pytest.raises(PictureError, match="bad 2 is damaged"):
        read_whole(Files(), named(["a", "bad 2", "bad 3"]), str)


def test_samples_are_cut_into_parts_of_a_batch():
    assert BATCH_SIZE == 32
    assert [len(part) for part in in_parts(range(70), BATCH_SIZE)] == [32, 32, 6]
    assert in_parts("abcde", 2) == ["ab", "cd", "e"]
    assert in_parts([], 2) == []


def test_samples_are_told_apart_from_those_that_cannot_be_read():
    found = [1, Unreadable("empty"), 3]
    assert readable("abc", found) == [("a", 1), ("c", 3)]
    assert unreadable("abc", found) == [("b", "empty")]
