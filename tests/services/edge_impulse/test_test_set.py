"""The test set: how samples are listed, fetched one by one, and labelled."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.edge_impulse import test_set as module
from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import StudioSample
from services.edge_impulse.shelf import shelve
from services.edge_impulse.test_set import Fetched, fetch_files, labelled, list_samples
from services.errors import Cancelled, ProjectError
from services.sample import LabelledBox, LeftOut, Sample
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import (
    FEED,
    LISTING,
    PICTURES,
    LeavesAt,
    Noted,
    access_to,
    connected,
    half_made,
    kept_files,
    left_out_of,
    refused,
    samples_of,
    shelf_at,
)
from tests.studio import Action, BoundingBox, Fault, LabelSpan, drawn_jpeg, running_studio
from tests.waiting import PATIENCE


def client_of(studio, progress=None):
    return StudioClient(access_to(studio), progress or Noted())


def listed(studio, progress=None):
    return list_samples(client_of(studio), 9, FEED, progress or Noted())


def fetched(studio, samples=None, progress=None):
    progress = progress or Noted()
    samples = listed(studio) if samples is None else samples
    return fetch_files(client_of(studio, progress), 9, FEED, samples, shelf_at(studio), progress)


def asked_for(studio):
    """Numbers of the samples whose pictures were asked for."""
    return sorted(int(request.path.split("/")[3]) for request in studio.log.chosen(PICTURES))


# ---------------------------------------------------------------------------------------- listing


def test_samples_are_listed_in_the_order_in_which_they_were_added(studio):
    progress = Noted()
    assert [sample.id for sample in listed(studio, progress)] == list(range(1001, 1007))
    assert progress.names == [("Listing the test set", 0), ("Listing the test set", 6)]
    assert progress.step.done == 6


def test_the_training_set_is_not_listed():
    with running_studio(small_project(3, training=4)) as studio:
        assert len(listed(studio)) == 3


def test_a_sample_that_comes_on_two_pages_counts_once(monkeypatch):
    with running_studio(small_project(1200)) as studio:
        project = studio.projects[9]
        original = StudioClient._get

        def get(client, path, about, parameters=None):
            answer = original(client, path, about, parameters)
            if path.endswith(LISTING) and parameters["offset"] == 0:
                project.add_sample(project.change_sample(1001, id=5000))  # shifts the next page
            return answer

        monkeypatch.setattr(StudioClient, "_get", get)
        numbers = [sample.id for sample in listed(studio)]
    assert len(numbers) == len(set(numbers))
    assert set(range(1001, 2201)) <= set(numbers)
    assert studio.count(LISTING) == 2


def test_an_empty_test_set_is_told(studio, project):
    project.samples.clear()
    assert refused(lambda: listed(studio), StudioError) == (
        "The project has no test data; move some samples to the test set in Studio on "
        "Data acquisition, then connect again."
    )


def test_a_test_set_of_which_nothing_can_be_used_is_told(studio, project):
    for number in project.samples:
        project.change_sample(number, is_disabled=True)
    assert refused(lambda: listed(studio), StudioError) == (
        "No sample of the test set can be used: it is disabled in Studio."
    )
    for number in (1002, 1003, 1004, 1005):
        project.change_sample(number, is_disabled=False, is_processing=True)
    assert "Studio is still processing it" in refused(lambda: listed(studio))
    project.change_sample(1001, is_disabled=False)
    assert len(listed(studio)) == 6


def test_who_leaves_while_it_is_listed_is_not_waited_for(studio):
    with pytest.raises(Cancelled):
        listed(studio, LeavesAt("Listing the test set"))
    assert studio.count(LISTING) <= 1


# --------------------------------------------------------------------------------------- fetching


def test_pictures_are_kept_as_they_were_uploaded(studio, project):
    progress = Noted()
    samples = listed(studio)
    found = fetched(studio, samples, progress)
    for sample in samples:
        path = found.paths[sample.identity]
        assert path.read_bytes() == project.samples[sample.id].content
        assert path.name == f"{sample.identity}.jpg"
    volume = sum(len(sample.content) for sample in project.samples.values())
    assert (found.failed, found.count, found.volume) == ({}, 6, volume)
    assert progress.names == [("Downloading pictures", 6)]
    assert (progress.step.done, progress.step.volume) == (6, volume)
    assert asked_for(studio) == list(range(1001, 1007))


def test_pictures_are_named_by_what_they_are(studio, project):
    png = b"\x89PNG\r\n\x1a\n and so on"
    project.change_sample(1001, content=png, sha256_given="")
    names = {path.suffix for path in fetched(studio).paths.values()}
    assert names == {".jpg", ".png"}


def test_what_is_there_is_not_fetched_again(studio):
    first = fetched(studio)
    studio.forget()
    progress = Noted()
    again = fetched(studio, progress=progress)
    assert again == Fetched(first.paths, {}, 0, 0)
    assert asked_for(studio) == []
    assert progress.names == [("Downloading pictures", 0)]


def test_only_what_changed_is_fetched(studio, project):
    before = fetched(studio)
    old = {sample.id: sample.identity for sample in listed(studio)}
    project.replace_sample(1003, drawn_jpeg(99))
    project.remove_sample(1004)
    project.add_sample(
        project.change_sample(1005, id=1999, content=drawn_jpeg(98), sha256_given="")
    )
    studio.forget()
    found = fetched(studio)
    assert asked_for(studio) == [1003, 1999]
    assert found.count == 2
    names = {path.name for path in shelf_at(studio).pictures.iterdir()}
    assert names == {found.paths[sample.identity].name for sample in listed(studio)}
    assert not before.paths[old[1003]].exists()
    assert not before.paths[old[1004]].exists()


def test_a_sample_that_takes_no_part_is_not_fetched_nor_kept(studio, project):
    before = fetched(studio)
    (first, *_) = listed(studio)
    project.change_sample(1001, is_disabled=True)
    studio.forget()
    fetched(studio)
    assert asked_for(studio) == []
    assert not before.paths[first.identity].exists()


def test_a_half_made_picture_is_none(studio):
    samples = listed(studio)
    folder = shelf_at(studio).pictures
    shelve(folder / f".{samples[0].identity}.jpg.1.1.part", b"\xff\xd8\xff")
    assert fetched(studio, samples).count == 6


def test_the_same_picture_may_be_there_twice(studio, project):
    project.replace_sample(1002, project.samples[1001].content)
    found = fetched(studio)
    content, _ = connected(studio)
    samples = samples_of(content)
    assert len(found.paths) == 5
    assert set(samples) == set(project.samples)
    assert samples[1001].path == samples[1002].path
    assert samples[1001].path.read_bytes() == project.samples[1001].content


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (
            Fault(Action.WRONG_MAGIC, "/raw-data/1003/image", times=None),
            "Studio sends something else where a picture should be; try again later.",
        ),
        (
            Fault(Action.REFUSE, "/raw-data/1003/image", times=None, text="No file"),
            "Studio says “No file”.",
        ),
        (
            Fault(Action.SERVER_ERROR, "/raw-data/1003/image", times=None),
            "Studio has a fault of its own (500); try again later.",
        ),
        (
            Fault(Action.CUT, "/raw-data/1003/image", times=None, at=7),
            "The connection to Studio broke off; try again.",
        ),
    ],
)
def test_one_bad_picture_does_not_stop_the_others(studio, project, fault, reason):
    studio.faults.add(fault)
    found = fetched(studio)
    assert found.failed == {1003: reason}
    assert (len(found.paths), found.count) == (5, 5)
    content, _ = connected(studio)
    assert left_out_of(content) == {"drawn.00002": reason}
    assert set(samples_of(content)) == set(project.samples) - {1003}
    studio.faults.clear()
    studio.forget()
    assert fetched(studio).failed == {}
    assert asked_for(studio) == [1003]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.REFUSE, PICTURES, times=None, text="Gone"), "Studio says “Gone”."),
        (Fault(Action.HTML, PICTURES, times=None), "a web page where a picture should be"),
        (Fault(Action.SERVER_ERROR, PICTURES, times=None), "a fault of its own"),
    ],
)
def test_where_no_picture_comes_at_all_the_reason_is_told(studio, fault, words):
    studio.faults.add(fault)
    assert words in refused(lambda: fetched(studio), StudioError)
    assert half_made() == []


def test_twelve_failures_in_a_row_are_enough():
    with running_studio(small_project(60)) as studio:
        fetched(studio)
        kept = shelf_at(studio).pictures
        for path in sorted(kept.iterdir())[:40]:
            path.unlink()
        studio.forget()
        studio.faults.add(Fault(Action.HTML, PICTURES, times=None))
        assert "a web page" in refused(lambda: fetched(studio), StudioError)
        assert module.TOO_MANY == 12
        assert 12 <= studio.count(PICTURES) <= 12 + 2 * module.WORKERS
        studio.faults.clear()
        studio.faults.add(Fault(Action.HTML, PICTURES, times=11))
        assert len(fetched(studio).failed) == 11


def test_many_failures_with_pictures_between_them_are_told_one_by_one():
    with running_studio(small_project(40)) as studio:
        for number in range(1001, 1041, 2):
            studio.faults.add(Fault(Action.HTML, f"/raw-data/{number}/image", times=None))
        found = fetched(studio)
    assert set(found.failed) == set(range(1001, 1041, 2))
    assert found.count == 20


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.REFUSE, PICTURES, skip=3, times=1, status=401, text="Revoked"), "“Revoked”"),
        (Fault(Action.QUOTA, PICTURES, skip=3, times=1), "a quota of the project"),
        (Fault(Action.TOO_MANY, PICTURES, skip=3, times=None, retry_after=300), "5 minutes"),
    ],
)
def test_what_concerns_all_pictures_ends_it_at_once(fault, words):
    with running_studio(small_project(60)) as studio:
        studio.faults.add(fault)
        assert words in refused(lambda: fetched(studio), StudioError)
        assert studio.count(PICTURES) <= 3 + 1 + 3 * module.WORKERS
        kept = len(list(shelf_at(studio).pictures.iterdir()))
        assert 3 <= kept < 60  # what is whole stays
        studio.faults.clear()
        studio.forget()
        assert fetched(studio).count == 60 - kept


def test_a_disk_that_is_full_ends_it(studio, monkeypatch):
    def full(*_):
        raise ProjectError("The disk is full.")

    monkeypatch.setattr(module, "shelve", full)
    assert refused(lambda: fetched(studio)) == "The disk is full."


def test_at_most_four_are_fetched_at_once():
    with running_studio(small_project(20)) as studio:
        samples = listed(studio)
        studio.faults.add(Fault(Action.HANG, PICTURES, times=None))
        with ThreadPoolExecutor(1) as pool:
            going = pool.submit(fetched, studio, samples)
            studio.wait_for(lambda: studio.faults.hanging == module.WORKERS)
            assert studio.count(PICTURES) == module.WORKERS == 4
            studio.faults.clear()
            assert going.result(PATIENCE).count == 20


def test_who_leaves_keeps_what_is_whole_and_nothing_else(studio):
    class Leaves(Noted):
        def advance(self, count=1, volume=0):
            super().advance(count, volume)
            if self.step.name == "Downloading pictures" and self.step.done == 2:
                self.cancel()

    with pytest.raises(Cancelled):
        fetched(studio, progress=Leaves())
    kept = kept_files(shelf_at(studio).pictures)
    assert len(kept) >= 2
    assert half_made() == []
    contents = {
        hashlib.sha256(sample.content).hexdigest() for sample in studio.projects[9].samples.values()
    }
    assert set(kept.values()) <= contents
    studio.forget()
    assert fetched(studio).count == 6 - len(kept)


def test_several_who_connect_at_once_fetch_each_picture_once(project):
    with running_studio(project) as studio, ThreadPoolExecutor(5) as pool:
        barrier = threading.Barrier(5)

        def visit():
            barrier.wait(PATIENCE)
            return connected(studio)

        visits = [pool.submit(visit) for _ in range(5)]
        contents = [visit.result(PATIENCE)[0] for visit in visits]
        assert asked_for(studio) == sorted(project.samples)
        assert studio.count("/learn-data/**") == 1
    assert len({content.model for content in contents}) == 1
    assert all(samples_of(content) == samples_of(contents[0]) for content in contents)
    assert set(samples_of(contents[0])) == set(project.samples)


# --------------------------------------------------------------------------------------- labelling


def sample(number=1, name="", label="car", **rest):
    given = {"labels": (), "identity": f"i{number}", "stored_as": "", "hash": ""} | rest
    return StudioSample(number, name or f"n{number}", label, **given)


def set_of(*samples, classes=("car", "no car"), failed=None, without=()):
    paths = {s.identity: Path(f"{s.identity}.jpg") for s in samples if s.id not in without}
    return labelled(samples, Fetched(paths, failed or {}), classes)


def test_samples_carry_what_studio_says_of_them():
    box = LabelledBox("wheel", 1, 2, 3, 4)
    found = set_of(sample(boxes=(box,), metadata={"light": "dim"}))
    assert found.samples == (
        Sample("n1", Path("i1.jpg"), "car", (box,), {"light": "dim"}, studio_id=1),
    )
    assert found.labelled_by == "Studio"
    assert found.left_out == ()


def test_names_that_are_not_unique_are_told_apart_by_their_number():
    found = set_of(sample(1, "a"), sample(2, "b"), sample(3, "a"))
    assert [item.id for item in found.samples] == ["a (1)", "b", "a (3)"]


def test_names_are_unique_even_where_they_look_so_already():
    found = set_of(sample(1, "a"), sample(2, "a"), sample(3, "a (1)"))
    assert len({item.id for item in found.samples}) == 3


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\0b"])
def test_a_name_leads_nowhere(name):
    found = set_of(sample(1, name))
    assert found.samples[0].id == name
    assert found.samples[0].path.name == "i1.jpg"


@pytest.mark.parametrize(
    ("label", "classes", "read"),
    [
        ("car", ("car",), "car"),
        ("", ("car",), None),
        ("-", ("car",), None),
        ("-", ("-", "car"), "-"),
        ("0.5", (), "0.5"),
        ("", (), None),
        ("other", ("car",), "other"),
    ],
)
def test_a_label_is_read(label, classes, read):
    assert set_of(sample(label=label), classes=classes).samples[0].label == read


def test_a_sample_with_one_label_in_its_parts_has_that():
    found = set_of(sample(label="junk", labels=("no car",)))
    assert found.samples[0].label == "no car"


def test_a_sample_with_several_labels_keeps_them():
    found = set_of(sample(1, labels=("car", "no car", "car")), sample(2))
    assert found.left_out == ()
    assert [item.label for item in found.samples] == ["car|no car", "car"]


def test_who_is_left_out_is_listed_with_the_first_reason():
    found = set_of(
        sample(1, problem="it is disabled in Studio", labels=("a", "b")),
        sample(2),
        sample(3),
        sample(4),
        failed={2: "It cannot be had."},
        without=(2, 3),
    )
    assert found.left_out == (
        LeftOut("n1", "it is disabled in Studio"),
        LeftOut("n2", "It cannot be had."),
        LeftOut("n3", "the export does not hold it"),
    )
    assert [item.studio_id for item in found.samples] == [4]


# ------------------------------------------------------------------------- as the imitation has it


def test_every_kind_of_sample_is_read(studio, project):
    box = BoundingBox("wheel", 1, 2, 3, 4)
    project.change_sample(1001, boxes=(box,), metadata={"light": "dim"})
    project.change_sample(1002, structured_labels=(LabelSpan(0, 4, "car"), LabelSpan(5, 9, "car")))
    project.change_sample(1003, structured_labels=(LabelSpan(0, 4, "car"), LabelSpan(5, 9, "x")))
    project.change_sample(1004, label="")
    project.change_sample(1005, label_map={"light": "dim"})
    project.change_sample(1006, is_processing=True)
    add = project.add_sample
    add(project.samples[1001].__class__(1007, "sound", b"RIFF", "car", media_type="audio/wav"))
    add(project.samples[1001].__class__(1008, "drawn.00000", drawn_jpeg(50), "no car"))
    content, _ = connected(studio)
    samples = samples_of(content)
    assert samples[1001].boxes == (LabelledBox("wheel", 1, 2, 3, 4),)
    assert dict(samples[1001].metadata) == {"light": "dim"}
    assert {number: item.label for number, item in samples.items()} == {
        1001: "car",
        1002: "car",
        1003: "car|x",  # whether that counts is for the task to say
        1004: None,
        1008: "no car",
    }
    assert [item.id for item in content.labelled.samples] == [
        "drawn.00000 (1001)",
        "drawn.00001",
        "drawn.00002",
        "drawn.00003",
        "drawn.00000 (1008)",
    ]
    assert left_out_of(content) == {
        "drawn.00004": "it carries labels by key, not one class",
        "drawn.00005": "Studio is still processing it",
        "sound": "it is no picture",
    }
    assert asked_for(studio) == [1001, 1002, 1003, 1004, 1008]


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256_given": "../../../../outside"},
        {"sha256_given": "/outside"},
        {"stored_name": "../../outside.jpg"},
        {"filename": "../../../outside"},
    ],
)
def test_nothing_that_studio_says_leads_out_of_the_shelf(studio, project, tmp_path, changes):
    project.change_sample(1001, **changes)
    content, _ = connected(studio)
    folder = shelf_at(studio).folder.resolve()
    assert all(folder in item.path.resolve().parents for item in content.labelled.samples)
    assert samples_of(content)[1001].path.read_bytes() == project.samples[1001].content
    assert list(tmp_path.rglob("*outside*")) == []
