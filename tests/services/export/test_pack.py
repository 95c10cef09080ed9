"""deploy.zip: the same bytes for the same files, and nothing has its name before it is whole."""

import os
import zipfile

import pytest

from services.errors import Cancelled
from services.export.pack import pack
from services.work.progress import Progress
from tests.services.export.exports import LeavesAt, Steps

CONTENTS = {
    "report.html": b"<p>" * 1000,
    "gradcam/correct/b.jpg": b"\xff\xd8" + b"b" * 500,
    "gradcam/correct/a.jpg": b"\xff\xd8" + b"a" * 500,
    "gradcam/incorrect/Chó.jpg": b"\xff\xd8",
    "predictions.csv": b"",
}


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    for name, content in CONTENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "gradcam" / "empty").mkdir()
    return folder


def test_the_zip_holds_every_file_with_its_bytes(results):
    pack(results, results / "deploy.zip", Progress())
    with zipfile.ZipFile(results / "deploy.zip") as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == CONTENTS
        assert archive.namelist() == sorted(CONTENTS)


def test_pictures_are_stored_and_the_rest_is_deflated(results):
    pack(results, results / "deploy.zip", Progress())
    with zipfile.ZipFile(results / "deploy.zip") as archive:
        assert archive.getinfo("gradcam/correct/a.jpg").compress_type == zipfile.ZIP_STORED
        report = archive.getinfo("report.html")
        assert report.compress_type == zipfile.ZIP_DEFLATED
        assert report.compress_size < 100
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o644}


def test_the_same_files_give_the_same_bytes_whenever_and_in_whatever_order(results, tmp_path):
    pack(results, results / "deploy.zip", Progress())
    first = (results / "deploy.zip").read_bytes()
    other = tmp_path / "other"
    for number, (name, content) in enumerate(reversed(CONTENTS.items())):
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_bytes(content)
        (other / name).chmod(0o600)
        os.utime(other / name, (1e9 + number, 1e9 + number))
    pack(other, other / "deploy.zip", Progress())
    assert (other / "deploy.zip").read_bytes() == first
    pack(results, results / "deploy.zip", Progress())  # it does not pack itself
    assert (results / "deploy.zip").read_bytes() == first


def test_each_file_is_counted(results):
    progress = Steps()
    progress.begin("Packing", len(CONTENTS))
    pack(results, results / "deploy.zip", progress)
    assert progress.told == [("Packing", 5, 5)]


def test_who_leaves_has_no_zip(results):
    progress = LeavesAt("Packing", 2)
    progress.begin("Packing", 5)
    with pytest.raises(Cancelled):
        pack(results, results / "deploy.zip", progress)
    assert not (results / "deploy.zip").exists()
    pack(results, results / "deploy.zip", Progress())
    with zipfile.ZipFile(results / "deploy.zip") as archive:
        assert archive.namelist() == sorted(CONTENTS)


def test_a_full_disk_leaves_no_zip(results):
    (results / ".deploy.zip.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        pack(results, results / "deploy.zip", Progress())
    assert not (results / "deploy.zip").exists()
