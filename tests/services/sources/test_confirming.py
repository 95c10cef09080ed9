import tomllib

import pytest

from services.errors import NotAllowedError, ProjectError
from services.media.input_options import input_table
from services.media.medium import WrittenTable
from services.media.sound.features import features_in
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.sound import Sound
from services.media.sound.windows import Cutting
from services.people.person import NOBODY_ELSE, Person, Role
from services.settings import settings
from services.sources.confirming import (
    confirmed_text,
    may_be_written,
    with_table,
    write_confirmed,
)
from services.sources.manifest import read_manifest
from services.sources.reference import SourceKind, SourceReference

COMMENTED = """\
# of mine
name = "x"  # a name

[input]
# how
scaling = "0..1"  # was
resize = "crop"

[regression]
threshold = 0.1
"""
LINES = {"scaling": "torch", "color": "bgr"}


def folder(path):
    return SourceReference(SourceKind.FOLDER, str(path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        COMMENTED,
        'input.scaling = "0..1"\nname = "x"\n',
        'input = {scaling = "0..1", resize = "crop"}\nname = "x"\n',
        'name = "x"\n[regression]\nthreshold = 0.1',
        'name = "x"\r\n\r\n[input]\r\nscaling = "0..1"\r\n',
    ],
)
def test_only_lines_below_input_change(text):
    new = with_table(text, WrittenTable("input", LINES))
    before, after = tomllib.loads(text), tomllib.loads(new)
    assert after.pop("input") == {**before.pop("input", {}), **LINES}
    assert after == before
    for comment in ("# of mine", "# a name", "# how", "# was"):
        assert (comment in new) == (comment in text)


def test_a_line_by_its_other_name_goes():
    text = "[input]\nstd = 0.2\n"
    assert tomllib.loads(with_table(text, WrittenTable("input", {"deviation": [1.0]})))[
        "input"
    ] == {"deviation": [1.0]}


@pytest.mark.parametrize("text", ["input = 3\n", "name = \n"])
def test_what_is_no_table_is_left_as_it_is(text):
    with pytest.raises(ProjectError, match="nothing was written"):
        with_table(text, WrittenTable("input", LINES))


def test_values_are_written_as_project_toml_reads_them(tmp_path):
    values = {
        "scaling": "mean-and-deviation", "color": "rgb", "resize_method": "area",
        "exif": "ignored", "mean": "0.5, 0.4, 0.3", "deviation": "64",
    }  # fmt: skip
    (tmp_path / "project.toml").write_text(with_table("", input_table(values)))
    read = read_manifest(tmp_path)
    assert (read.scaling, read.mean, read.deviation) == ("0..255", (0.5, 0.4, 0.3), (64.0,))
    assert (read.exif, read.resize_method, read.color) == (False, "area", "rgb")
    assert input_table({"scaling": "0..1", "mean": "", "exif": "heeded"}).lines == {
        "scaling": "0..1", "exif": True,
    }  # fmt: skip


def test_it_is_written_into_the_folder(tmp_path, monkeypatch):
    path = tmp_path / "project.toml"
    path.write_text('\ufeffname = "Ärger"\n', encoding="utf-8")
    path.chmod(0o640)
    assert may_be_written(folder(tmp_path))
    assert (
        write_confirmed(NOBODY_ELSE, folder(tmp_path), WrittenTable("input", {"scaling": "0..255"}))
        == path
    )
    assert read_manifest(tmp_path).name == "Ärger"
    assert read_manifest(tmp_path).scaling == "0..255"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir() if "project" in each.name] == ["project.toml"]


def test_it_is_not_written_on_a_server_for_several_nor_through_a_link(tmp_path, monkeypatch):
    assert not may_be_written(SourceReference(SourceKind.DEMO, "cars"))
    assert not may_be_written(folder(tmp_path / "gone"))
    elsewhere = tmp_path / "other.toml"
    elsewhere.write_text("")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "project.toml").symlink_to(elsewhere)
    assert not may_be_written(folder(linked))
    monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
    settings.cache_clear()
    assert not may_be_written(folder(tmp_path))


def test_the_text_of_a_demo_keeps_what_it_says():
    text = confirmed_text(
        SourceReference(SourceKind.DEMO, "gauge"), WrittenTable("input", {"scaling": "torch"})
    )
    assert tomllib.loads(text)["input"]["scaling"] == "torch"
    assert tomllib.loads(text)["task"] == "regression"
    assert tomllib.loads(
        confirmed_text(SourceReference(SourceKind.STUDIO, "x"), WrittenTable("input", LINES))
    ) == {"input": {"scaling": "torch", "color": "bgr"}}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_an_admin_writes_into_a_folder(tmp_path, role):
    reference = folder(tmp_path)
    with pytest.raises(NotAllowedError, match="you may not write into a project's folder"):
        write_confirmed(
            Person("https://issuer", "1", "Ann", role),
            reference,
            WrittenTable("input", {"scaling": "0..1"}),
        )
    assert not (tmp_path / "project.toml").exists()


@pytest.mark.parametrize("blocks", [(Mfe(3, fft_length=512),), (Mfcc(), Mfe())])
def test_features_of_sounds_are_written_as_they_are_read(tmp_path, blocks):
    written = Sound(blocks, Cutting(8000, 8000, 4000, pad=False), 99, 40, 1).written
    assert written.name == "features"
    old = '[features]\nname = "log-mel"\nwindow = 2\n'
    text = confirmed_text_of(tmp_path, old, written)
    assert tomllib.loads(text).keys() == {"features"}
    read = read_manifest(tmp_path).features
    assert (read.blocks, read.rate, read.window, read.step, read.pad) == (
        blocks, 8000, 1.0, 0.5, False,
    )  # fmt: skip
    assert read.told == {"version", "scale", "low edge"}
    assert features_in(tomllib.loads(text)["features"], "x").blocks == blocks


def confirmed_text_of(path, text, written):
    (path / "project.toml").write_text(text)
    write_confirmed(NOBODY_ELSE, folder(path), written)
    return (path / "project.toml").read_text()
