"""Files that are there whole, or not at all."""

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.keeping.files import size_of, throw_away, write_whole
from tests.waiting import PATIENCE


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_its_folder_made(tmp_path):
    path = tmp_path / "a" / "b" / "file.bin"
    write_whole(path, b"\0content")
    assert path.read_bytes() == b"\0content"
    assert names(path.parent) == ["file.bin"]
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "file.bin"
    write_whole(path, b"a longer content")
    write_whole(path, b"short")
    assert path.read_bytes() == b"short"
    write_whole(path, b"")
    assert path.read_bytes() == b""
    assert names(tmp_path) == ["file.bin"]


def test_a_reader_sees_the_old_or_the_new_and_never_a_part(tmp_path, monkeypatch):
    path = tmp_path / "file.bin"
    write_whole(path, b"old")
    seen = []
    original = Path.write_bytes

    def watched(part, content):
        original(part, content[:1])
        seen.append(path.read_bytes())
        seen.append(part.name.startswith("."))
        return original(part, content)

    monkeypatch.setattr(Path, "write_bytes", watched)
    write_whole(path, b"new")
    assert seen == [b"old", True]
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("broken", ["write_bytes", "replace"])
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, broken):
    path = tmp_path / "file.bin"
    write_whole(path, b"old")
    original = Path.write_bytes

    def full(part, content, *rest):
        if broken == "write_bytes":
            original(part, content[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, broken, full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file.bin"]


def test_a_place_that_is_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        write_whole(tmp_path / "file" / "x" / "y", b"new")
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        write_whole(tmp_path / "file" / "x", b"new")
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_many_may_write_the_same_file(tmp_path):
    path, gate = tmp_path / "file.bin", threading.Barrier(8)

    def write(number):
        gate.wait(PATIENCE)
        for _ in range(20):
            write_whole(path, bytes([number]) * 10_000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    content = path.read_bytes()
    assert content == content[:1] * 10_000
    assert names(tmp_path) == ["file.bin"]


# ----------------------------------------------------------------------------- sizes and removal


def test_the_size_of_a_folder_is_that_of_all_its_files(tmp_path):
    write_whole(tmp_path / "a" / "b" / "c", b"123")
    write_whole(tmp_path / "a" / ".hidden", b"45")
    (tmp_path / "a" / "link").symlink_to("/")
    assert size_of(tmp_path / "a" / "b" / "c") == 3
    assert size_of(tmp_path / "a") == 5 + 1  # a link is as long as its text
    assert size_of(tmp_path / "gone") == 0


def test_files_and_folders_are_thrown_away(tmp_path):
    write_whole(tmp_path / "a" / "b" / "c", b"123")
    write_whole(tmp_path / "file", b"123")
    throw_away(tmp_path / "a")
    throw_away(tmp_path / "file")
    assert names(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        throw_away(tmp_path / "a")
