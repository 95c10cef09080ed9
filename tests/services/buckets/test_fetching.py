"""A project in a bucket: the same as the folder that was brought there, fetched once."""

import logging

import pytest

from services.buckets import fetching
from services.buckets.fetching import read_bucket
from services.choices.choices import Choices
from services.errors import Cancelled, ProjectError
from services.export.background import requested
from services.export.command_line import arguments_of
from services.keeping.drawers import BUCKETS
from services.opening.opening import open_source
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference, parse_reference
from services.work.progress import Progress
from tests.services.projects import BLUE, RED, folder_project, solid


@pytest.fixture
def folder(blue_or_red_file, tmp_path):
    """A project of two red and one blue picture."""
    pictures = tmp_path / "mine" / "testing"
    for name, color in (("red/1.png", RED), ("red/2.png", RED), ("blue/3.png", BLUE)):
        solid(pictures / name, color)
    return folder_project(tmp_path / "mine", blue_or_red_file, {}, 'classes = ["blue", "red"]\n')


@pytest.fixture
def there(bucket, folder):
    bucket.put(folder)
    return SourceReference(SourceKind.BUCKET, f"s3://{bucket.name}/project")


@pytest.fixture
def fetched(monkeypatch):
    """Names of the files that come over the network."""
    names, original = [], fetching._fetch_one

    def counted(store, wanted, folder):
        names.append(wanted.inside.as_posix())
        return original(store, wanted, folder)

    monkeypatch.setattr(fetching, "_fetch_one", counted)
    return names


def test_a_bucket_opens_as_the_folder_that_was_brought_there(there, folder):
    opened = open_source(there, Progress())
    own = open_source(SourceReference(SourceKind.FOLDER, str(folder)), Progress())
    assert opened.project.name == "project"
    assert [s.id for s in opened.predictions.samples] == [s.id for s in own.predictions.samples]
    assert opened.predictions.digests == own.predictions.digests
    assert opened.predictions.outputs.tolist() == own.predictions.outputs.tolist()
    command = arguments_of(requested(opened, Choices()))
    assert command[:2] == ["--source", str(there)]


def test_what_is_here_is_not_fetched_again_and_what_changed_is(there, bucket, folder, fetched):
    read_bucket(there, Progress())
    assert len(fetched) == 5
    fetched.clear()
    read_bucket(there, Progress())
    assert fetched == []
    bucket.write(
        "project/testing/blue/3.png", solid(folder / "new.png", BLUE, (64, 64)).read_bytes()
    )
    bucket.write("project/testing/blue/4.png", solid(folder / "new.png", BLUE).read_bytes())
    bucket.remove("project/testing/red/1.png")
    content = read_bucket(there, Progress())
    assert sorted(fetched) == ["testing/blue/3.png", "testing/blue/4.png"]
    names = sorted(sample.path.name for sample in content.labelled.samples)
    assert names == ["2.png", "3.png", "4.png"]


def test_a_key_in_metadata_is_not_kept_and_does_not_have_it_fetched_again(there, bucket, fetched):
    told = b'{"project": {"apiKey": "ei_secret"}, "impulse": {}}'
    bucket.write("project/deployment-metadata.json", told)
    content = read_bucket(there, Progress())
    assert content.manifest.features is None
    (path,) = content.model.parent.glob("deployment-metadata.json")
    assert path.read_bytes() == told.replace(b"ei_secret", b"xxxxxxxxx")
    fetched.clear()
    read_bucket(there, Progress())
    assert fetched == []


def test_who_leaves_has_what_was_fetched(there, fetched):
    class Leaves(Progress):
        def advance(self, count=1, volume=0):
            self.cancel()
            super().advance(count, volume)

    with pytest.raises(Cancelled):
        read_bucket(there, Leaves())
    before = len(fetched)
    fetched.clear()
    read_bucket(there, Progress())
    assert len(fetched) < 5
    assert before + len(fetched) >= 5
    assert not [path for path in BUCKETS.folder.rglob(".*") if path.name.endswith(".part")]


def test_names_that_lead_elsewhere_or_are_hidden_stay_there(there, bucket):
    bucket.write("project/testing/red/.hidden.png", b"x")
    bucket.write("project/.git/config", b"x")
    content = read_bucket(there, Progress())
    assert len(content.labelled.samples) == 3
    assert not list(BUCKETS.folder.rglob("config"))


def refused(place):
    with pytest.raises(ProjectError) as refusal:
        read_bucket(SourceReference(SourceKind.BUCKET, place), Progress())
    return str(refusal.value)


def test_what_is_not_there_is_told(there, bucket):
    nowhere = f"s3://{bucket.name}/elsewhere"
    assert refused(nowhere) == f"There is nothing at {nowhere}; check bucket and folder."


def test_another_bucket_is_refused_before_anybody_is_asked(there, monkeypatch):
    monkeypatch.setattr(fetching, "_store", None)
    assert "its owner names buckets in GRADCAM_BUCKETS" in refused("s3://others/project")


def test_a_store_that_does_not_answer_is_told_without_secrets(there, monkeypatch, caplog):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with caplog.at_level(logging.DEBUG):
        sentence = refused(there.place)
    assert "cannot be read" in sentence
    assert "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" in sentence
    assert "never-shown" not in sentence + caplog.text


def test_too_much_is_refused_before_it_is_fetched(there, monkeypatch, fetched):
    monkeypatch.setattr(fetching, "MOST_BYTES", 100)
    assert "name the folder of one project in it" in refused(there.place)
    assert fetched == []


def test_a_link_holds_the_address_and_nothing_else(there):
    assert str(there) == f"bucket:{there.place.replace(':', '%3A')}"
    assert parse_reference(str(there)) == there


def test_without_the_setting_there_are_none(there, monkeypatch):
    monkeypatch.delenv("GRADCAM_BUCKETS")
    settings.cache_clear()
    assert "does not open" in refused(there.place)
