"""deployment-metadata.json, as Studio gives it to a custom deployment block."""

import json
from pathlib import Path

import pytest

from services.edge_impulse.metadata import LITE, MODEL, Deployment, read_deployment
from services.errors import ProjectError
from tests.services.edge_impulse.visits import refused

SECRET = "ei_5ec2e7"


@pytest.fixture
def home(tmp_path):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / MODEL).write_bytes(b"PK")
    return tmp_path


def told(home, **changes):
    return {
        "version": 1,
        "deployCounter": 3,
        "classes": ["car", "no car"],
        "project": {
            "name": "Cars",
            "id": 42,
            "owner": "me",
            "apiKey": SECRET,
            "studioHost": "studio.acme.com",
        },
        "impulse": {
            "inputBlocks": [{"id": 2}],
            "dspBlocks": [{"id": 3}],
            "learnBlocks": [{"id": 7, "type": "keras"}, {"id": 8, "type": "anomaly"}],
        },
        "folders": {"input": str(home / "input"), "output": str(home / "output")},
        **changes,
    }


def written(home, content):
    path = home / "input" / "deployment-metadata.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def deployment(home, **changes):
    return read_deployment(written(home, told(home, **changes)))


def without(home, table, *names):
    return {name: value for name, value in told(home)[table].items() if name not in names}


def test_everything_is_read(home):
    assert deployment(home) == Deployment(
        project=42,
        host="studio.acme.com",
        key=SECRET,
        learn=(7, 8),
        model=home / "input" / "trained.h5.zip",
        output=home / "output",
    )


def test_an_older_studio_says_less(home):
    project = without(home, "project", "id", "studioHost", "apiKey")
    found = deployment(home, project=project)
    assert (found.project, found.host, found.key) == (None, "", "")
    assert deployment(home, impulse=None).learn == ()
    assert deployment(home, impulse={"learnBlocks": "none"}).learn == ()
    blocks = [{"id": 7}, {"id": "8"}, {"name": "x"}, "y", {"id": None}, {"id": 9.0}]
    assert deployment(home, impulse={"learnBlocks": blocks}).learn == (7, 9)


def test_without_folders_the_network_lies_beside_the_metadata(home):
    for folders in (None, {}, {"input": "/nowhere"}, {"input": ""}, {"input": 7}):
        found = deployment(home, folders=folders)
        assert found.model == home / "input" / MODEL
        assert found.output is None


def test_the_folder_that_is_named_comes_first(home):
    other = home / "other"
    other.mkdir()
    assert deployment(home, folders={"input": str(other)}).model is None
    (other / MODEL).write_bytes(b"PK")
    assert deployment(home, folders={"input": str(other)}).model == other / MODEL


def test_a_network_that_is_not_there_is_none(home):
    (home / "input" / MODEL).unlink()
    assert deployment(home).model is None
    (home / "input" / MODEL).mkdir()
    assert deployment(home).model is None


def test_the_output_is_not_made_by_reading(home):
    assert deployment(home, folders={"output": "/made/up"}).output == Path("/made/up")
    assert deployment(home, folders={"output": ""}).output is None
    assert not (home / "output").exists()


def test_a_byte_order_mark_is_passed_over(home):
    path = written(home, b"\xef\xbb\xbf" + json.dumps(told(home)).encode())
    assert read_deployment(path).project == 42


def test_a_file_that_is_not_there_is_told(home):
    for path in (home / "none.json", home / "input", home / "none" / "x.json"):
        sentence = refused(lambda path=path: read_deployment(path), ProjectError)
        assert sentence == f"There is no metadata at {path}; name the file."


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"7", b'"x"', b"{}", b'{"project": null}', b'{"project": []}',
        b"\xff\xfe\x00", b"[" * 100_000, b"PK\x03\x04",
    ],
)  # fmt: skip
def test_what_is_no_metadata_is_told(home, content):
    path = written(home, content)
    sentence = refused(lambda: read_deployment(path), ProjectError)
    assert sentence == (
        "deployment-metadata.json is no deployment metadata of Edge Impulse Studio."
    )


def test_the_key_does_not_show_itself(home):
    found = deployment(home)
    assert SECRET not in f"{found} {found!r} {[found]}"
    assert "project=42" in repr(found)
    assert "studio.acme.com" in repr(found)


@pytest.mark.parametrize(
    ("there", "kind", "taken"),
    [
        ([MODEL, LITE], "keras", MODEL),
        ([LITE], "keras", None),  # Studio has a Keras file of it
        ([MODEL, LITE], "keras-object-detection", MODEL),
        ([MODEL, LITE], "keras-visual-anomaly", LITE),  # the Keras file lacks what scores
        ([MODEL], "keras-visual-anomaly", MODEL),
    ],
)
def test_the_file_that_explains_best_is_taken(home, there, kind, taken):
    (home / "input" / MODEL).unlink()
    for name in there:
        (home / "input" / name).write_bytes(b"a network")
    impulse = {"learnBlocks": [{"id": 7, "type": kind}]}
    expected = None if taken is None else home / "input" / taken
    assert deployment(home, impulse=impulse).model == expected
