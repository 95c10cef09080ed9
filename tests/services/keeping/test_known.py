import hashlib
import os

import numpy as np
import pytest

from services.keeping.known import Record, file_digests, keep_records, load_records, sample_digests
from services.sample import Sample, Window
from services.settings import settings


def record(number):
    return Record(np.float32([number, 0.1]), np.float32([1, 2, number]), 30 + number, 20)


def test_a_digest_is_that_of_the_bytes(tmp_path):
    paths = [tmp_path / "a.png", tmp_path / "b.png", tmp_path / "same as a.png"]
    for path, content in zip(paths, [b"a", b"b", b"a"], strict=True):
        path.write_bytes(content)
    expected = [hashlib.sha256(content).hexdigest() for content in (b"a", b"b", b"a")]
    assert file_digests(paths) == dict(zip(paths, expected, strict=True))


def test_a_sample_has_its_files_digest_and_each_window_one_of_its_own(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"sound")
    whole, first, second = (
        Sample(f"a.wav{at}", path, None, window=window)
        for at, window in (("", None), ("@0", Window(0, 8, 0, 2)), ("@1", Window(4, 12, 1, 2)))
    )
    gone = Sample("gone.wav", tmp_path / "gone.wav", None, window=Window(0, 8))
    digests = sample_digests([whole, first, second, gone])
    file = hashlib.sha256(b"sound").hexdigest()  # what is kept of pictures is known by it
    assert digests == {
        "a.wav": file,
        "a.wav@0": hashlib.sha256(f"{file} 0 8".encode()).hexdigest(),
        "a.wav@1": hashlib.sha256(f"{file} 4 12".encode()).hexdigest(),
    }


def test_files_that_cannot_be_read_are_missing(tmp_path):
    (tmp_path / "a.png").touch()
    (tmp_path / "folder.png").mkdir()
    paths = [tmp_path / "gone.png", tmp_path / "a.png", tmp_path / "folder.png"]
    assert list(file_digests(paths)) == [tmp_path / "a.png"]


def test_a_file_of_the_same_size_and_time_is_not_read_again(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    os.utime(path, ns=(5, 5))
    before = file_digests([path])
    path.write_bytes(b"new")
    os.utime(path, ns=(5, 5))
    assert file_digests([path]) == before


@pytest.mark.parametrize(("content", "time"), [(b"newer", 5), (b"new", 6)])
def test_another_size_or_another_time_is_read_again(tmp_path, content, time):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    os.utime(path, ns=(5, 5))
    file_digests([path])
    path.write_bytes(content)
    os.utime(path, ns=(time, time))
    for _ in range(2):
        assert file_digests([path]) == {path: hashlib.sha256(content).hexdigest()}


def test_records_are_kept_for_each_context_apart():
    keep_records("one", {"x": record(1), "y": record(2)})
    keep_records("two", {"x": record(3)})
    found = {context: load_records(context) for context in ("one", "two", "three")}
    assert {context: sorted(rows) for context, rows in found.items()} == {
        "one": ["x", "y"],
        "two": ["x"],
        "three": [],
    }
    for kept, written in [(found["one"]["y"], record(2)), (found["two"]["x"], record(3))]:
        np.testing.assert_array_equal(kept.outputs, written.outputs)
        np.testing.assert_array_equal(kept.features, written.features)
        assert (kept.width, kept.height) == (written.width, written.height)


def test_the_newest_record_counts():
    keep_records("one", {"x": record(1)})
    keep_records("one", {"x": record(2)})
    assert load_records("one")["x"].width == 32


def test_only_the_owner_of_the_server_may_look_into_the_cache():
    keep_records("one", {"x": record(1)})
    assert settings().cache.stat().st_mode & 0o077 == 0


def test_the_cache_grows_no_file_but_its_own():
    keep_records("one", {"x": record(1)})
    seen = {path.name for path in settings().cache.iterdir()}
    ours = {"kept.sqlite", "kept.lock", "tally", "sweeping"}
    assert {name.split("-")[0] for name in seen} == ours


def test_nothing_to_keep_makes_no_file():
    keep_records("one", {})
    assert not settings().cache.exists()
