import io
import json
import os
import random
import struct
import zipfile
from contextlib import suppress

import pytest

from services.errors import NotAllowedError, ProjectError, UploadGoneError
from services.keeping.drawers import UPLOADS
from services.people.person import NOBODY_ELSE, Person, Role
from services.settings import settings
from services.sources import upload
from services.sources.folder import locate, read_folder
from services.sources.manifest import read_manifest
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import Limits, demand_upload, keep_upload, read_upload
from tests.services.media.sound.sounds import tone, written
from tests.services.projects import BLUE, RED, entry, info_labels, solid


@pytest.fixture
def png(tmp_path):
    return solid(tmp_path / "red.png").read_bytes()


def packed(members, compression=zipfile.ZIP_STORED):
    """A zip as bytes: names and their content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return file.getvalue()


def reference_of(archive, model=b"a model", name="model.h5", **limits):
    return keep_upload(NOBODY_ELSE, name, io.BytesIO(model), io.BytesIO(archive), Limits(**limits))


def kept(archive, *given, **limits):
    return locate(reference_of(archive, *given, **limits))


def ids(folder):
    return {sample.id: sample.label for sample in read_folder(folder).labelled.samples}


def left_behind():
    uploads = settings().cache / "uploads"
    return sorted(path.name for path in uploads.iterdir()) if uploads.is_dir() else []


def sentence_of(archive, **limits):
    """The one sentence of a refusal, which leaves nothing behind."""
    with pytest.raises(ProjectError) as caught:
        kept(archive, **limits)
    assert left_behind() == []
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


# ------------------------------------------------------------------------------- what is unpacked


def test_class_folders_become_a_project(png):
    folder = kept(packed({"car/a.png": png, "no car/b (1).png": png}), b"the model")
    assert ids(folder) == {"car/a.png": "car", "no car/b (1).png": "no car"}
    assert (folder / "model.h5").read_bytes() == b"the model"
    assert (folder / "pictures" / "car" / "a.png").read_bytes() == png


def test_one_folder_around_everything_is_taken_off(png):
    folder = kept(packed({"my cars/car/a.png": png, "my cars/no car/b.png": png}))
    assert ids(folder) == {"car/a.png": "car", "no car/b.png": "no car"}


def test_several_folders_around_everything_are_taken_off(png):
    folder = kept(packed({"x/y/car/a.png": png, "x/y/no car/b.png": png}))
    assert ids(folder) == {"car/a.png": "car", "no car/b.png": "no car"}


def test_a_single_class_folder_stays_a_class(png):
    assert ids(kept(packed({"car/a.png": png, "car/b.png": png}))) == {
        "car/a.png": "car",
        "car/b.png": "car",
    }


def test_a_folder_around_an_export_is_taken_off(png, tmp_path):
    info_labels(tmp_path, [entry("a.png", "car")])
    info = (tmp_path / "info.labels").read_bytes()
    assert ids(kept(packed({"export/info.labels": info, "export/a.png": png}))) == {"a.png": "car"}


def test_a_whole_export_is_read_by_its_label_file(png, tmp_path):
    info_labels(tmp_path, [entry("testing/a.png", "car")])
    info = (tmp_path / "info.labels").read_bytes()
    folder = kept(packed({"info.labels": info, "testing/a.png": png, "training/b.png": png}))
    assert ids(folder) == {"testing/a.png": "car"}


def test_sounds_in_a_zip_become_a_project(tmp_path):
    wave = written(tmp_path / "a.wav", tone(300, 0.1)).read_bytes()
    told = b'[features]\nname = "ei-mfe"\nversion = 3\n'
    folder = kept(packed({"on/a.wav": wave, "off/b.WAV": wave, "project.toml": told}))
    assert ids(folder) == {"on/a.wav": "on", "off/b.WAV": "off"}
    assert read_manifest(folder).features.blocks[0].version == 3


def test_metadata_of_edge_impulse_comes_along_without_its_key(png):
    told = json.dumps({"project": {"id": 1, "apiKey": 'ei_se\\"cret'}, "impulse": {}}).encode()
    folder = kept(packed({"deployment-metadata.json": told, "a/a.png": png}))
    (path,) = folder.rglob("deployment-metadata.json")
    read = json.loads(path.read_bytes())
    assert read["project"] == {"id": 1, "apiKey": "x" * 13}
    assert path.stat().st_size == len(told)


def test_a_table_is_read(png):
    folder = kept(packed({"labels.csv": b"file,label\na.png,NaN\n", "a.png": png}))
    assert ids(folder) == {"a.png": "NaN"}


def test_a_class_list_of_any_kind_comes_along(png):
    files = {
        "class_indices.json": b'{"no car": 0, "car": 1}',
        "car/a.png": png,
        "no car/b.png": png,
    }
    assert read_folder(kept(packed(files))).class_lists[0].names == ("no car", "car")


def test_class_names_beside_the_pictures_count(png):
    folder = kept(packed({"labels.txt": b"no car\ncar\n", "car/a.png": png, "no car/b.png": png}))
    assert read_folder(folder).class_lists[0].names == ("no car", "car")


@pytest.mark.parametrize("junk", ["__MACOSX/car/._a.png", "car/.DS_Store", "readme.md", "run.py"])
def test_only_pictures_and_label_files_are_unpacked(png, junk):
    folder = kept(packed({"car/a.png": png, "no car/b.png": png, junk: b"x"}))
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == {"model.h5", "pictures/car/a.png", "pictures/no car/b.png"}


@pytest.mark.parametrize(
    ("name", "as_file"),
    [
        ("model.keras", "model.keras"),
        ("cars.h5.zip", "cars.h5.zip"),
        ("../../evil.H5", "evil.h5"),
        ("net.v2.h5.zip", "net.v2.h5.zip"),
        ("net.hdf5", "net.hdf5"),
        ("x.exe", "x.exe.h5"),
        ("..", "model.h5"),
        ("a<b>|c.keras", "a_b__c.keras"),
    ],
)
def test_the_model_keeps_its_name_as_far_as_it_is_safe(png, name, as_file):
    folder = kept(packed({"car/a.png": png, "no car/b.png": png}), name=name)
    assert read_folder(folder).model.name == as_file


@pytest.mark.parametrize("around", ["", "my cars\\"])
def test_a_zip_that_windows_packed_opens(png, around):
    names = [f"{around}Test\\car\\a.png", f"{around}Test\\no car\\b.png"]
    folder = kept(packed(dict.fromkeys([*names, f"{around}Test\\bike\\"], png) | {
        f"{around}Test\\bike\\": b"", f"{around}Train\\car\\c.png": png,
    }))  # fmt: skip
    assert ids(folder) == {"car/a.png": "car", "no car/b.png": "no car"}
    assert read_folder(folder).labelled.empty == {"bike"}


def test_names_in_utf_8_that_do_not_say_so_are_read(png):
    raw = packed({"Hütte/ä.png": png, "Maison_/b.png": png})
    for at in [n for n in range(len(raw)) if raw[n : n + 4] in (b"PK\1\2", b"PK\3\4")]:
        flags = at + (8 if raw[at + 2] == 1 else 6)
        raw = raw[:flags] + bytes([raw[flags], raw[flags + 1] & ~0x08]) + raw[flags + 2 :]
    assert "ä" not in " ".join(zipfile.ZipFile(io.BytesIO(raw)).namelist())
    assert ids(kept(raw)) == {"Hütte/ä.png": "Hütte", "Maison_/b.png": "Maison_"}


def test_names_of_old_dos_are_read(png):
    old = packed({"H_tte/a.png": png, "b/b.png": png}).replace(b"H_tte", b"H\x81tte")
    assert set(ids(kept(old)).values()) == {"Hütte", "b"}


def test_an_empty_class_folder_of_the_zip_is_kept(png):
    folder = kept(packed({"car/a.png": png, "no car/b.png": png, "bike/": b""}))
    assert read_folder(folder).labelled.empty == {"bike"}


def test_splits_in_the_zip_are_splits(png):
    names = ["d/train/car/a.png", "d/train/no car/b.png", "d/test/car/c.png", "d/test/no car/d.png"]
    content = read_folder(kept(packed(dict.fromkeys(names, png))))
    assert [sample.id for sample in content.labelled.samples] == ["car/c.png", "no car/d.png"]
    (split,) = content.alternatives
    assert list(split.values) == ["pictures/d/test", "pictures/d/train"]


def test_a_zip_of_zips_is_told(png):
    inner = packed({"car/a.png": png})
    assert sentence_of(packed({"train.zip": inner, "test.zip": inner, "x.csv": b"a"})) == (
        "The zip holds no sample but other zips (train.zip, test.zip); "
        "unpack them, and pack the folders that were in them."
    )


@pytest.mark.parametrize("junk", ["__MACOSX\\car\\._a.png", "x/.git/a.png", "car/Thumbs.db"])
def test_what_systems_leave_behind_is_not_unpacked(png, junk):
    folder = kept(packed({"car/a.png": png, "no car/b.png": png, junk: png}))
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 3


def test_what_the_zip_says_of_itself_counts_but_not_where_its_files_are(png):
    manifest = 'name = "Cars"\nmodel = "../x.h5"\ndata="nowhere"\n[input]\nscaling = "torch"\n'
    folder = kept(packed({"project.toml": manifest, "car/a.png": png, "no car/b.png": png}))
    content = read_folder(folder)
    said = content.manifest
    assert (said.name, said.scaling, said.model, said.data) == ("Cars", "torch", None, None)
    assert (content.model.name, ids(folder)["car/a.png"]) == ("model.h5", "car")


def test_the_same_upload_is_the_same_source_and_is_unpacked_once(png, monkeypatch):
    archive = packed({"car/a.png": png})
    first = keep_upload(NOBODY_ELSE, "model.h5", io.BytesIO(b"m"), io.BytesIO(archive))
    monkeypatch.setattr(upload, "_unpack", lambda *_: pytest.fail("unpacked again"))
    assert keep_upload(NOBODY_ELSE, "model.h5", io.BytesIO(b"m"), io.BytesIO(archive)) == first
    assert left_behind() == [first.place]
    assert first.kind is SourceKind.UPLOAD


def test_other_bytes_are_another_source(png, tmp_path):
    archive = packed({"car/a.png": png})
    other = packed({"car/a.png": solid(tmp_path / "b.png", BLUE).read_bytes()})
    folders = [kept(archive, b"m"), kept(archive, b"n"), kept(other, b"m")]
    assert len(set(folders)) == 3


def test_a_file_that_was_read_before_is_read_from_its_start(png):
    model, archive = io.BytesIO(b"model"), io.BytesIO(packed({"car/a.png": png}))
    model.read()
    archive.read()
    assert (
        locate(keep_upload(NOBODY_ELSE, "m.h5", model, archive)) / "m.h5"
    ).read_bytes() == b"model"


def test_who_uploads_it_again_uses_it(png):
    archive = packed({"car/a.png": png})
    os.utime(kept(archive), (1, 1))
    assert kept(archive).stat().st_mtime > 1


def test_an_upload_that_is_open_stays_and_one_that_is_not_goes(png, monkeypatch):
    content = read_upload(reference_of(packed({"car/a.png": png})))
    other = kept(packed({"car/b.png": png}))
    monkeypatch.setenv("GRADCAM_CACHE_GB", "0")
    settings.cache_clear()
    kept(packed({"car/c.png": png}))
    assert content.model.is_file()
    assert not other.exists()
    del content


# --------------------------------------------------------------------------------- what is refused


def test_a_zip_that_expands_like_a_bomb_is_refused():
    bomb = packed({"car/a.png": b"\0" * 300_000}, zipfile.ZIP_DEFLATED)
    said = sentence_of(bomb, file_bytes=200_000)
    assert "times its size, which no samples do" in said


def test_a_zip_that_unpacks_to_too_much_is_refused(png):
    said = sentence_of(packed({"a.png": png, "b.png": png}), total_bytes=2 * len(png) - 1)
    assert "The zip unpacks to" in said
    assert len(list((kept(packed({"a.png": png, "b.png": png}))).rglob("*.png"))) == 2


def test_a_zip_of_too_many_files_is_refused(png):
    members = {f"{n}.png": png for n in range(5)}
    assert sentence_of(packed(members), files=4) == "The zip holds 5 files; at most 4 go."
    assert len(ids(kept(packed(members), files=5))) == 5


def test_one_file_that_is_too_large_is_refused():
    noise = random.Random(0).randbytes(1_100_000)
    assert sentence_of(packed({"car/a.png": noise}), file_bytes=1_000_000) == (
        "A file in the zip is larger than 1 MB."
    )


@pytest.mark.parametrize(
    "names",
    [
        ["../../x.png"],
        ["car/../../x.png", "car/y.png"],
        ["a/b.png", "../../c.png"],
        ["..\\..\\x.png"],
        ["car\\..\\..\\..\\x.png", "car\\y.png"],
        ["a/b.png", "..\\../..\\c.png"],
    ],
)
def test_names_that_lead_out_of_the_folder_are_refused(png, names, tmp_path):
    before = set(tmp_path.rglob("*.png"))
    said = sentence_of(packed(dict.fromkeys(names, png)))
    assert said == "The zip names files outside its own folder; it was not opened."
    assert set(tmp_path.rglob("*.png")) == before


def test_a_name_that_begins_at_the_root_is_refused(png, tmp_path):
    said = sentence_of(packed({f"{tmp_path}/outside.png": png, "car/a.png": png}))
    assert said == "The zip names files outside its own folder; it was not opened."
    assert not (tmp_path / "outside.png").exists()


@pytest.mark.parametrize("name", [".", "", "./."])
def test_a_file_without_a_name_is_passed_over(png, name):
    members = {"car/a.png": png, "no car/b.png": png}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for each, content in {**members, "?": png}.items():
            info = zipfile.ZipInfo(each)
            info.filename = name if each == "?" else each
            writer.writestr(info, content)
    assert set(ids(kept(archive.getvalue()))) == set(members)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 but no more"])
def test_what_is_no_zip_is_refused(content):
    assert "is not a readable zip" in sentence_of(content)


@pytest.mark.parametrize("members", [{}, {"readme.txt": b"x"}, {"labels.csv": b"file,label\n"}])
def test_a_zip_without_a_picture_is_refused(members):
    assert sentence_of(packed(members)).startswith("There is no sample in the zip")


def test_a_zip_of_files_that_are_not_opened_says_which(png):
    members = {f"car/{i}.mov": b"film" for i in range(3)} | {"x.labels": b"a", "labels.csv": b"a"}
    members["__MACOSX/._a.mov"] = b"a"
    assert sentence_of(packed(members)) == (
        "There is no sample in the zip, only 3 .mov, 1 .labels files, which are not opened here; "
        "pack a folder for each class."
    )


@pytest.mark.parametrize("claimed", [1, 10**9])
def test_what_a_header_claims_of_a_size_is_not_trusted(claimed):
    honest = packed({"car/a.png": b"\0" * 2_000_000}, zipfile.ZIP_DEFLATED)
    at = honest.index(b"PK\x01\x02") + 24  # the unpacked size in the central directory
    lying = honest[:at] + struct.pack("<I", claimed) + honest[at + 4 :]
    sentence_of(lying, file_bytes=1_000_000)


def test_a_stream_that_is_damaged_inside_is_refused(tmp_path):
    text = random.Random(0).choices(b"abcdefgh", k=5000)
    whole = packed({"car/a.png": bytes(text)}, zipfile.ZIP_DEFLATED)
    broken = whole[:60] + b"\xff" * 40 + whole[100:]
    assert "is not a readable zip" in sentence_of(broken)


def test_no_damage_to_a_zip_is_unforeseen(png):
    chance = random.Random(0)
    members = {"car/ä.png": png, "no car/b.png": png, "project.toml": b'name = "x"'}
    whole = packed(members, zipfile.ZIP_DEFLATED)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(ProjectError):
            kept(bytes(damaged))


def test_a_picture_named_like_a_folder_of_another_is_refused_in_a_sentence(png):
    sentence_of(packed({"car/a.png": png, "car/a.png/b.png": png, "x/y.png": png}))


def test_a_disk_that_cannot_be_written_is_told(monkeypatch, tmp_path, png):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "file" / "cache"))
    settings.cache_clear()
    with pytest.raises(ProjectError, match="could not be kept"):
        kept(packed({"car/a.png": png}))


def test_a_refused_upload_can_be_repeated_with_a_whole_one(png):
    whole = packed({"car/a.png": png, "no car/b.png": solid_bytes(RED)})
    sentence_of(whole[: len(whole) // 2])
    assert len(ids(kept(whole))) == 2


def solid_bytes(color):
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(file, "PNG")
    return file.getvalue()


def test_what_an_older_version_unpacked_stays_for_its_links_and_is_unpacked_anew(png, monkeypatch):
    archive = packed({"car/a.png": png, "no car/b.png": png})
    with monkeypatch.context() as before:
        before.setattr(upload, "UNPACKED", b"")
        older = reference_of(archive)
    (locate(older) / "pictures" / "car" / "a.png").rename(locate(older) / "car\\a.png")
    assert ids(kept(archive)) == {"car/a.png": "car", "no car/b.png": "no car"}
    assert (locate(older) / "car\\a.png").is_file()


# ------------------------------------------------------------------------------------- whose it is

ANN = Person("https://issuer", "1", "Ann", Role.REVIEWER)
BEN = Person("https://issuer", "2", "Ben", Role.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", Role.VIEWER)


@pytest.fixture
def brought_by(png):
    archive = packed({"a/1.png": png, "b/2.png": png})
    return lambda person: keep_upload(person, "model.h5", io.BytesIO(b"m"), io.BytesIO(archive))


def test_a_link_of_anothers_upload_says_what_that_of_a_gone_one_says(brought_by):
    reference = brought_by(ANN)
    demand_upload(ANN, reference)
    gone = SourceReference(SourceKind.UPLOAD, "0" * 32)
    with pytest.raises(UploadGoneError) as foreign:
        demand_upload(BEN, reference)
    with pytest.raises(UploadGoneError) as away:
        read_upload(gone)
    assert str(foreign.value) == str(away.value)


def test_who_brings_the_same_files_has_them_as_well(brought_by):
    reference = brought_by(ANN)
    assert brought_by(BEN) == reference
    demand_upload(BEN, reference)


def test_who_may_only_look_brings_nothing(brought_by):
    with pytest.raises(NotAllowedError, match="As a viewer you may not upload projects"):
        brought_by(CLEO)
    assert not UPLOADS.folder.exists()


def test_an_upload_of_ones_own_machine_is_nobodys_and_opens_by_its_link(brought_by):
    reference = brought_by(NOBODY_ELSE)
    assert not settings().notes.exists()
    for person in (NOBODY_ELSE, ANN, CLEO):
        demand_upload(person, reference)
