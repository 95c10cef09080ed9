"""The test set by Studio's export: the job, the zip, and which file is which sample's."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from services.edge_impulse import export as module
from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.export import fetch_export, follow
from services.edge_impulse.place import Way
from services.edge_impulse.shelf import shelve
from services.edge_impulse.test_set import list_samples
from services.edge_impulse.transport import CHUNK_BYTES
from services.errors import Cancelled, ProjectError
from services.settings import settings
from services.sources.archive import Limits, check_archive
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import (
    FEED,
    PICTURES,
    ZIPS,
    LeavesAt,
    Noted,
    access_to,
    connected,
    half_made,
    kept_files,
    left_out_of,
    refused,
    samples_of,
    sentence_of,
    shelf_at,
)
from tests.studio import Action, Category, Fault, LabelSpan, drawn_jpeg, running_studio
from tests.studio.export import build_export
from tests.studio.project import Export

START = "/jobs/export/original"
STATUS = "/jobs/*/status"
ADDRESS = "/export/get-url"
DAMAGED = "The export that came is damaged; try again."
EXPIRES = "The address of the export expires before the export can be fetched; try again."


def fetched(studio, progress=None):
    progress = progress or Noted()
    client = StudioClient(access_to(studio), progress)
    samples = list_samples(client, 9, FEED, Noted())
    return fetch_export(client, 9, FEED, samples, shelf_at(studio), progress)


def exported(studio, **rest):
    return connected(studio, way=Way.EXPORT, **rest)


def refusal_of(studio, **rest):
    return sentence_of(studio, way=Way.EXPORT, **rest)


def files_of(content):
    """SHA-256 of the samples' pictures, by their number."""
    return {
        number: hashlib.sha256(item.path.read_bytes()).hexdigest()
        for number, item in samples_of(content).items()
    }


def originals(project):
    return {
        number: hashlib.sha256(sample.content).hexdigest()
        for number, sample in project.samples.items()
        if sample.category is Category.TESTING
    }


def left_behind(studio):
    """Everything of the project but the model."""
    return [name for name in kept_files(shelf_at(studio).folder) if "models/" not in name]


@pytest.fixture
def served(monkeypatch):
    """Lets the test write the zip that Studio exports."""

    def serve(content):
        from tests.studio import working

        monkeypatch.setattr(working, "build_export", lambda *_args, **_rest: content)

    return serve


def packed(members, compression=zipfile.ZIP_STORED):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return sink.getvalue()


# -------------------------------------------------------------------------------------- the way


@pytest.mark.parametrize("ndjson", [False, True])
def test_an_export_gives_the_same_samples_as_picture_by_picture(ndjson):
    project = small_project(6, training=3)
    project.ndjson = ndjson
    with running_studio(project) as studio:
        content, told = exported(studio)
        one_by_one, _ = connected(studio)
    assert files_of(content) == files_of(one_by_one) == originals(project)
    same = [
        {number: replace(item, path=None) for number, item in samples_of(found).items()}
        for found in (content, one_by_one)
    ]
    assert same[0] == same[1]
    assert told.fetched == (1, len(project.exports[0].content))
    assert studio.count(START, "POST") == 1
    assert studio.leaks == []
    assert told.place.way is Way.EXPORT


def test_an_export_needs_no_picture_one_by_one(studio, project):
    exported(studio)
    assert studio.count(PICTURES) == 0
    assert studio.count(ZIPS) == 1
    assert len(project.exports) == 1


def test_what_is_done_is_said_on_the_way(studio, project):
    progress = Noted()
    fetched(studio, progress)
    names = list(dict.fromkeys(name for name, _ in progress.names))
    assert names == [
        "Asking Studio for an export",
        "Studio packs the export",
        "Studio packs the export: Still working, 0 to go",
        "Downloading the export",
        "Unpacking the export",
    ]
    size = len(project.exports[0].content)
    assert progress.volumes[-1] == (size, size)
    assert progress.step.done == progress.step.total == 7  # six pictures and their labels


def test_the_key_is_never_sent_to_the_storage(studio):
    exported(studio)
    (request,) = studio.log.chosen(ZIPS)
    assert not request.had_key
    assert studio.leaks == []


def test_a_second_visit_makes_no_export(studio):
    first = exported(studio)
    studio.forget()
    content, told = exported(studio)
    assert files_of(content) == files_of(first[0])
    assert told.fetched == (0, 0)
    assert studio.count(START) == studio.count(ZIPS) == studio.count(ADDRESS) == 0
    assert studio.count(PICTURES) == 0


def test_another_test_set_is_another_export(studio, project):
    exported(studio)
    (before,) = shelf_at(studio).exports.iterdir()
    project.replace_sample(1002, drawn_jpeg(77))
    project.remove_sample(1005)
    studio.forget()
    content, told = exported(studio)
    assert files_of(content) == originals(project)
    assert told.fetched[0] == 1
    assert studio.count(ZIPS) == 1
    (now,) = shelf_at(studio).exports.iterdir()
    assert now != before
    assert half_made() == []


def test_another_label_needs_no_export(studio, project):
    exported(studio)
    project.relabel(1001, "no car")
    studio.forget()
    content, _ = exported(studio)
    assert samples_of(content)[1001].label == "no car"
    assert studio.count(START) == 0


def test_only_the_test_set_is_unpacked(studio):
    exported(studio)
    names = kept_files(shelf_at(studio).exports)
    assert sorted(name.partition("/")[2].split(".")[0] for name in names) == [
        "drawn",
    ] * 6 + ["info"]
    assert not (shelf_at(studio).folder / "export.zip").exists()


# ----------------------------------------------------------------------------------------- the job


def test_a_job_is_followed_for_fifty_polls(studio, monkeypatch):
    monkeypatch.setenv("GRADCAM_STUDIO_POLL", "3")
    settings.cache_clear()
    studio.faults.add(Fault(Action.JOB_TAKES, START, polls=50))
    progress = Noted()
    assert fetched(studio, progress).count == 1
    assert studio.count(STATUS) == 51
    said = [name for name, _ in progress.names]
    assert "Studio packs the export: Still working, 49 to go" in said
    assert "Studio packs the export: Still working, 0 to go" in said
    assert progress.pauses[:3] == pytest.approx([0.1, 0.15, 0.225])
    assert progress.pauses[:50] == sorted(progress.pauses[:50])
    assert set(progress.pauses[20:50]) == {3.0}


def test_a_failing_job_is_told_with_its_last_words(studio):
    studio.faults.add(Fault(Action.JOB_FAILS, START, text="The disk of the worker is full"))
    assert refused(lambda: fetched(studio), StudioError) == (
        "Studio packs the export: that job failed; it says “The disk of the worker is full”. "
        "Try again in a while."
    )
    assert left_behind(studio) == []
    assert fetched(studio).count == 1


def test_a_failing_job_without_a_word_is_told(studio):
    studio.faults.add(Fault(Action.JOB_FAILS, START))
    studio.faults.add(Fault(Action.MISSING_FIELD, "/jobs/*/stdout", field="stdout", times=None))
    assert refused(lambda: fetched(studio)) == (
        "Studio packs the export: that job failed. Try again in a while."
    )


def test_following_returns_when_the_job_was_started(studio):
    client = StudioClient(access_to(studio), Noted())
    job = client.start_export(9)
    assert follow(client, 9, job, "Work", Noted()) == client.job(9, job).created


def test_a_key_without_the_right_to_start_jobs_is_told(studio, project):
    from tests.studio import Role

    project.keys["ei_reader"] = Role.READONLY
    assert sentence_of(studio, "ei_reader", way=Way.EXPORT) == (
        "Studio says “insufficient permissions (valid roles: [admin])”: this key may not do that; "
        "make one with the role admin in Studio on Dashboard, Keys."
    )
    connected(studio, "ei_reader")


def test_a_used_up_quota_is_told(studio):
    studio.faults.add(Fault(Action.QUOTA, START))
    assert "a quota of the project is used up" in refusal_of(studio)
    assert studio.count(START) == 1


@pytest.mark.parametrize("action", [Action.SERVER_ERROR, Action.DROP, Action.TOO_MANY])
def test_a_job_is_started_once_only(studio, action):
    studio.faults.add(Fault(action, START, times=None))
    refusal_of(studio)
    assert studio.count(START, "POST") == 1


def test_a_studio_that_stumbles_while_a_job_is_followed_is_forgiven(studio):
    studio.faults.add(Fault(Action.JOB_TAKES, START, polls=5))
    studio.faults.add(Fault(Action.SERVER_ERROR, STATUS, times=3, skip=2))
    assert fetched(studio).count == 1


# -------------------------------------------------------------------------------- which export


def test_an_older_export_is_never_taken(studio, project):
    other = build_export([project.samples[1001]], friendly=False, ndjson=False)
    project.exports.append(Export(project.created, other, 1))
    content, _ = exported(studio)
    assert files_of(content) == originals(project)


def test_an_export_that_is_shown_late_is_waited_for(studio, project):
    studio.faults.add(Fault(Action.STALE_EXPORT, ADDRESS, times=3))
    progress = Noted()
    content, _ = exported(studio, progress=progress)
    assert files_of(content) == originals(project)
    assert studio.count(ADDRESS) == 4
    assert studio.count(ZIPS) == 1
    assert len(project.exports) == 1


def test_an_export_that_is_never_shown_is_told(studio):
    studio.faults.add(Fault(Action.STALE_EXPORT, ADDRESS, times=None))
    progress = Noted()
    assert refusal_of(studio, progress=progress) == (
        "Studio says that the export is done but shows an older one; try again, "
        "or fetch the test set sample by sample."
    )
    assert studio.count(ZIPS) == 0
    assert studio.count(ADDRESS) == 20
    assert len(progress.pauses) == 21  # one while the job was at work
    assert left_behind(studio) == []


def test_no_export_at_all_is_waited_for_too(studio, monkeypatch):
    looks = []
    monkeypatch.setattr(StudioClient, "export", lambda *_: looks.append(1))
    assert "shows an older one" in refusal_of(studio)
    assert len(looks) == 20


def test_an_export_of_the_same_moment_as_its_job_counts(studio, monkeypatch):
    original = StudioClient.export
    moments = []

    def at_once(client, project):
        found = original(client, project)
        started = client.job(project, 42).created
        moments.append(started)
        return replace(found, created=started)

    monkeypatch.setattr(StudioClient, "export", at_once)
    assert fetched(studio).count == 1
    monkeypatch.setattr(
        StudioClient,
        "export",
        lambda *_: replace(original(*_), created=moments[0] - timedelta(milliseconds=1)),
    )
    (folder,) = shelf_at(studio).exports.iterdir()
    folder.rename(folder.with_name("away"))
    assert "shows an older one" in refused(lambda: fetched(studio))


# ----------------------------------------------------------------------------------- the address


def test_an_expired_address_is_asked_for_again(studio, project):
    studio.faults.add(Fault(Action.EXPIRED_URL, ZIPS, times=2))
    content, _ = exported(studio)
    assert files_of(content) == originals(project)
    assert [request.status for request in studio.log.chosen(ZIPS)] == [403, 403, 200]
    assert studio.count(ADDRESS) == 3
    assert studio.count(START) == 1
    assert studio.leaks == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_expired_address_is_told_in_several_ways(studio, status):
    studio.faults.add(Fault(Action.SERVER_ERROR, ZIPS, status=status))
    assert len(exported(studio)[0].labelled.samples) == 6
    assert studio.count(ADDRESS) == 2


def test_the_new_address_is_the_one_that_is_asked(studio, project, monkeypatch):
    original = StudioClient.export
    shown = []

    def expiring(client, number):
        found = original(client, number)
        if not shown:
            studio.expire_urls()
        shown.append(found.url)
        return found

    monkeypatch.setattr(StudioClient, "export", expiring)
    assert files_of(exported(studio)[0]) == originals(project)
    assert len(set(shown)) == 2
    assert [request.status for request in studio.log.chosen(ZIPS)] == [403, 200]


def test_an_address_that_always_expires_is_told(studio, project):
    studio.faults.add(Fault(Action.EXPIRED_URL, ZIPS, times=None))
    assert refusal_of(studio) == EXPIRES
    assert studio.count(ZIPS) == 3
    assert studio.leaks == []
    studio.faults.clear()
    studio.forget()
    assert files_of(exported(studio)[0]) == originals(project)
    assert studio.count(START) == 0  # the export is still there


def test_an_address_of_another_export_is_not_gone_on_with(studio, monkeypatch):
    studio.faults.add(Fault(Action.EXPIRED_URL, ZIPS, times=None))
    original = StudioClient.export
    calls = []

    def newer(client, project):
        found = original(client, project)
        calls.append(found)
        later = timedelta(seconds=len(calls))
        return replace(found, created=found.created + later)

    monkeypatch.setattr(StudioClient, "export", newer)
    assert refusal_of(studio) == EXPIRES
    assert studio.count(ZIPS) == 1


@pytest.mark.parametrize("url", ["http://[", "file:///etc/passwd", "ftp://x/y", "", "x.zip"])
def test_an_address_that_is_none_is_not_opened(studio, monkeypatch, url):
    original = StudioClient.export
    monkeypatch.setattr(StudioClient, "export", lambda *_: replace(original(*_), url=url))
    assert refusal_of(studio) == "Studio names an address that is not safe to open."
    assert studio.count(ZIPS) == 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.HTML, ZIPS), "Studio sends a web page where a zip should be"),
        (Fault(Action.WRONG_MAGIC, ZIPS), "Studio sends something else where a zip should be"),
        (Fault(Action.REFUSE, ZIPS, text="No file"), "Studio says “No file”."),
        (Fault(Action.SERVER_ERROR, ZIPS, times=None), "Studio has a fault of its own (500)"),
        (Fault(Action.TOO_MANY, ZIPS, retry_after=600), "try again in 10 minutes"),
    ],
)
def test_what_is_no_zip_is_told_and_nothing_stays(studio, project, fault, words):
    studio.faults.add(fault)
    assert words in refusal_of(studio)
    assert [name for name in left_behind(studio) if name != "export.json"] == []
    studio.faults.clear()
    assert files_of(exported(studio)[0]) == originals(project)


# --------------------------------------------------------------------------------------- broken off


def heavy_project(count=6, size=100_000):
    """Pictures so large that their zip comes in many pieces."""
    import random

    project = small_project(count)
    for number, sample in list(project.samples.items()):
        tail = random.Random(number).randbytes(size)
        project.replace_sample(number, sample.content + tail)
    return project


def test_a_broken_download_of_an_export_is_gone_on_with():
    project = heavy_project()
    with running_studio(project) as studio:
        studio.faults.add(Fault(Action.CUT, ZIPS, at=300_000))
        content, told = exported(studio)
        size = len(project.exports[0].content)
        first, second = studio.log.chosen(ZIPS)
        begun = int(second.byte_range.removeprefix("bytes=").removesuffix("-"))
    assert files_of(content) == originals(project)
    assert (first.byte_range, first.status, second.status) == ("", 200, 206)
    assert 300_000 - CHUNK_BYTES <= begun <= 300_000
    assert told.fetched == (1, size)
    assert studio.leaks == []


def test_a_download_that_was_given_up_is_gone_on_with_at_the_next_visit():
    project = heavy_project()
    with running_studio(project) as studio:
        studio.faults.add(Fault(Action.CUT, ZIPS, at=300_000))
        studio.faults.add(Fault(Action.DROP, ZIPS, times=None))
        assert "cannot be reached" in refusal_of(studio)
        size = len(project.exports[0].content)
        studio.faults.clear()
        studio.forget()
        content, told = exported(studio)
        (request,) = studio.log.chosen(ZIPS)
        begun = int(request.byte_range.removeprefix("bytes=").removesuffix("-"))
        assert request.status == 206
        assert studio.count(START) == 0
        assert told.fetched == (1, size - begun)
        assert 300_000 - CHUNK_BYTES <= begun <= 300_000
        assert files_of(content) == originals(project)
        assert half_made() == []
        assert not (shelf_at(studio).folder / "export.json").exists()


def test_a_given_up_download_of_other_samples_is_not_gone_on_with():
    project = heavy_project()
    with running_studio(project) as studio:
        studio.faults.add(Fault(Action.CUT, ZIPS, at=300_000))
        studio.faults.add(Fault(Action.DROP, ZIPS, times=None))
        refusal_of(studio)
        studio.faults.clear()
        project.replace_sample(1001, drawn_jpeg(88))
        studio.forget()
        content, _ = exported(studio)
        assert studio.count(START) == 1
        assert files_of(content) == originals(project)


def test_a_given_up_download_of_a_newer_export_is_begun_anew():
    project = heavy_project()
    with running_studio(project) as studio:
        studio.faults.add(Fault(Action.CUT, ZIPS, at=300_000))
        studio.faults.add(Fault(Action.DROP, ZIPS, times=None))
        refusal_of(studio)
        studio.faults.clear()
        client = StudioClient(access_to(studio), Noted())
        follow(client, 9, client.start_export(9), "Somebody else exports", Noted())
        studio.forget()
        content, _ = exported(studio)
        assert studio.count(START) == 1
        assert files_of(content) == originals(project)


# ------------------------------------------------------------------------------------------ damaged


def damage(studio, project, change):
    """Let the storage hold something else than what was packed."""
    original = StudioClient.export

    def export(client, number):
        found = original(client, number)
        (held,) = studio.storage._objects
        studio.storage._objects[held] = replace(
            project.exports[-1], content=change(project.exports[-1].content)
        )
        return found

    return export


@pytest.mark.parametrize(
    "change",
    [
        lambda zipped: zipped[: len(zipped) // 2],
        lambda zipped: zipped[:-30],
        lambda zipped: zipped[:2000] + b"\xff" * 500 + zipped[2500:],
    ],
    ids=["half", "end", "inside"],
)
def test_a_damaged_zip_never_counts_as_present(studio, project, monkeypatch, change):
    with monkeypatch.context() as patch:
        patch.setattr(StudioClient, "export", damage(studio, project, change))
        assert refusal_of(studio) == DAMAGED
    assert left_behind(studio) == []
    assert files_of(exported(studio)[0]) == originals(project)
    assert studio.count(START) == 2


def test_an_export_without_the_test_set_is_told(studio, served):
    served(packed({"training/a.jpg": b"x", "info.labels": b"{}"}))
    assert refusal_of(studio) == "The export holds no sample of the test set."
    assert left_behind(studio) == []


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(files=13), "The zip holds 14 files; at most 13 go."),
        (Limits(total_bytes=2000), "The zip unpacks to 0.0 GB; at most 0.0 GB go."),
        (Limits(file_bytes=900), "A file in the zip is larger than 0 MB."),
    ],
)
def test_a_zip_beyond_the_limits_is_refused(monkeypatch, limits, words):
    project = small_project(6, training=4)
    with running_studio(project) as studio:
        monkeypatch.setattr(module, "LIMITS", limits)
        assert refusal_of(studio) == words
        assert left_behind(studio) == []


def test_a_file_as_large_as_the_limit_still_goes(monkeypatch, studio, project):
    largest = max(len(sample.content) for sample in project.samples.values())
    labels = 5000  # the zip's own lists are files too
    for number, sample in project.samples.items():
        if len(sample.content) == largest:
            project.replace_sample(number, sample.content + bytes(labels))
    limits = Limits(file_bytes=largest + labels)
    monkeypatch.setattr(module, "LIMITS", limits)
    assert files_of(exported(studio)[0]) == originals(project)
    monkeypatch.setattr(module, "LIMITS", replace(limits, file_bytes=largest + labels - 1))
    project.relabel(1001, "x")
    project.replace_sample(1002, drawn_jpeg(66))
    assert "A file in the zip is larger than" in refusal_of(studio)


def claimed(files, unpacked, compressed):
    members = [zipfile.ZipInfo(f"{n}.jpg") for n in range(files)]
    members[0].file_size, members[0].compress_size = unpacked, compressed
    return members


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        (claimed(3, 2_500_000_000, 2_400_000_000), "The zip unpacks to 2.5 GB; at most 2.0 GB go."),
        (
            claimed(1, 2_000_000_000, 10_000_000),
            "The zip expands to 200 times its size, which no samples do; it was not opened.",
        ),
        (claimed(6, 1, 1), "The zip holds 6 files; at most 5 go."),
    ],
)
def test_what_a_zip_claims_is_enough_to_refuse_it(members, sentence):
    limits = Limits(files=5, total_bytes=2_000_000_000)
    assert refused(lambda: check_archive(members, limits), ProjectError) == sentence


@pytest.mark.parametrize(
    "members", [claimed(5, 2_000_000_000, 20_000_000), claimed(1, 50_000_000, 1), claimed(1, 0, 0)]
)
def test_what_a_zip_claims_may_be_as_much_as_the_limits(members):
    check_archive(members, Limits(files=5, total_bytes=2_000_000_000))


def test_the_limits_are_those_of_a_large_project():
    assert Limits(files=200_000, total_bytes=50_000_000_000) == module.LIMITS


def test_a_zip_that_expands_like_a_bomb_is_refused(studio, served):
    served(packed({"testing/a.jpg": bytes(60_000_000)}, zipfile.ZIP_DEFLATED))
    assert "times its size, which no samples do; it was not opened" in refusal_of(studio)
    assert left_behind(studio) == []


@pytest.mark.parametrize(
    "name",
    ["testing/../../../outside.jpg", "testing/../outside.jpg", "testing//etc/../../../x.jpg"],
)
def test_a_zip_that_names_files_outside_is_refused(studio, served, tmp_path, name):
    served(packed({"testing/a.jpg": b"x", name: b"x"}))
    assert refusal_of(studio) == ("The zip names files outside its own folder; it was not opened.")
    assert left_behind(studio) == []
    assert list(tmp_path.rglob("*outside*")) == []


def test_what_is_no_picture_in_a_zip_is_not_unpacked(studio, project, served):
    members = {f"testing/{s.stored_name}": s.content for s in project.samples.values()}
    odd = {
        "testing/run.sh": b"x",
        "testing/.hidden.jpg": b"x",
        "testing/": b"",
        "testing": b"x",
        "info.labels": b"x",
        "/testing/abs.jpg": b"x",
    }
    served(packed(members | odd))
    exported(studio)
    kept = {name.rpartition("/")[2] for name in kept_files(shelf_at(studio).exports)}
    assert kept == {sample.stored_name for sample in project.samples.values()}


def test_a_name_that_no_disk_takes_loses_only_its_own_picture(studio, project):
    project.change_sample(1001, stored_name=f"{'ü' * 150}.jpg")
    content, _ = exported(studio)
    assert set(samples_of(content)) >= {1002, 1003, 1004, 1005, 1006}


def test_a_disk_that_is_full_is_told(studio, monkeypatch):
    def full(*_args, **_rest):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "unpack_member", full)
    assert refused(lambda: fetched(studio), ProjectError) == (
        "The export cannot be unpacked; the disk may be full."
    )
    assert left_behind(studio) == []


# -------------------------------------------------------------------------------------- who leaves


def test_who_leaves_while_studio_packs_stops_the_job(studio):
    studio.faults.add(Fault(Action.JOB_TAKES, START, polls=10**6))
    with pytest.raises(Cancelled):
        fetched(studio, LeavesAt("pause"))
    assert studio.jobs[42].cancelled
    assert left_behind(studio) == []


def test_who_leaves_while_studio_packs_leaves_even_if_the_job_cannot_be_stopped(studio):
    studio.faults.add(Fault(Action.JOB_TAKES, START, polls=10**6))
    studio.faults.add(Fault(Action.REFUSE, "/jobs/*/cancel", text="No"))
    with pytest.raises(Cancelled):
        fetched(studio, LeavesAt("pause"))


@pytest.mark.parametrize("step", ["Downloading the export", "Unpacking the export"])
def test_who_leaves_leaves_nothing(studio, project, step):
    with pytest.raises(Cancelled):
        fetched(studio, LeavesAt(step))
    assert left_behind(studio) == []
    assert files_of(exported(studio)[0]) == originals(project)


# -------------------------------------------------------------------------- which file is whose


def joined(studio, project, served, named, entries=None, **changed):
    """What is found of samples whose files have other names in the zip."""
    members = {f"testing/{named[number]}": project.samples[number].content for number in named}
    if entries is not None:
        info = {"version": 1, "files": entries}
        members["testing/info.labels"] = json.dumps(info).encode()
    served(packed(members))
    return exported(studio)[0]


def entry(path, name, label):
    return {"path": path, "name": name, "label": {"type": "label", "label": label}}


def test_files_are_joined_by_their_stored_name_first(studio, project, served):
    extra = drawn_jpeg(60)
    project.change_sample(1001, sha256_given=hashlib.sha256(extra).hexdigest())
    members = {f"testing/{s.stored_name}": s.content for s in project.samples.values()}
    served(packed(members | {"testing/extra.jpg": extra}))
    content, _ = exported(studio)
    assert files_of(content) == originals(project)


def test_files_are_joined_by_their_content_where_the_name_differs(studio, project, served):
    content = joined(studio, project, served, {1001: "x.jpg", 1003: "y.jpg"})
    assert {number: item.path.name for number, item in samples_of(content).items()} == {
        1001: "x.jpg",
        1003: "y.jpg",
    }
    assert left_out_of(content) == {
        f"drawn.0000{n}": "the export does not hold it" for n in (1, 3, 4, 5)
    }


def test_files_are_joined_by_name_and_label_as_the_last_resort(studio, project, served):
    for number, name, label in (
        (1001, "a", "car"),
        (1002, "a", "no car"),
        (1003, "b", "car"),
        (1004, "c", ""),
    ):
        given = f"of another file than {number}"
        project.change_sample(number, filename=name, label=label, sha256_given=given)
    entries = [
        entry("1.jpg", "a", "no car"),
        entry("testing/2.jpg", "a", "car"),
        entry("3.jpg", "b", "no car"),
        {"path": "4.jpg", "name": "c", "label": {"type": "unlabeled"}},
    ]
    named = {1002: "1.jpg", 1001: "2.jpg", 1003: "3.jpg", 1004: "4.jpg"}
    content = joined(studio, project, served, named, entries)
    assert {number: item.path.name for number, item in samples_of(content).items()} == {
        1001: "2.jpg",
        1002: "1.jpg",
        1004: "4.jpg",
    }
    assert left_out_of(content)["b"] == "the export does not hold it"


def test_a_name_and_label_that_two_files_have_joins_neither(studio, project, served):
    for number in (1001, 1002):
        project.change_sample(number, filename="a", label="car", sha256_given=f"other {number}")
    entries = [entry("1.jpg", "a", "car"), entry("2.jpg", "a", "car")]
    content = joined(
        studio, project, served, {1001: "1.jpg", 1002: "2.jpg", 1003: "3.jpg"}, entries
    )
    assert set(samples_of(content)) == {1003}


def test_a_name_and_label_that_two_samples_have_joins_neither(studio, project, served):
    """The file may be that of the other sample: better none than the wrong picture."""
    for number in (1001, 1002):
        project.change_sample(number, filename="a", label="car", sha256_given=f"other {number}")
    content = joined(
        studio, project, served, {1001: "1.jpg", 1003: "3.jpg"}, [entry("1.jpg", "a", "car")]
    )
    assert set(samples_of(content)) == {1003}


def test_a_file_of_a_folder_inside_is_joined_too(studio, project, served):
    project.change_sample(1001, filename="a", label="car", sha256_given="of another file")
    entries = [entry("deep/1.jpg", "a", "car")]
    content = joined(studio, project, served, {1001: "deep/1.jpg", 1002: "2.jpg"}, entries)
    assert files_of(content)[1001] == originals(project)[1001]


def test_a_label_file_that_cannot_be_read_loses_only_what_needs_it(studio, project, served):
    project.change_sample(1001, sha256_given="of another file")
    members = {"testing/1.jpg": project.samples[1001].content}
    members |= {
        f"testing/{s.stored_name}": s.content for s in project.samples.values() if s.id != 1001
    }
    served(packed(members | {"testing/info.labels": b"{ no json"}))
    content, _ = exported(studio)
    assert set(samples_of(content)) == {1002, 1003, 1004, 1005, 1006}


def test_ndjson_label_files_are_read(studio, project, served):
    project.change_sample(1001, filename="a", label="car", sha256_given="of another file")
    lines = [
        '{"__ndjson":true,"version":1}',
        json.dumps({"__key": "files", "__item": entry("1.jpg", "a", "car")}),
        json.dumps({"__key": "other", "__item": entry("1.jpg", "a", "car")}),
    ]
    members = {"testing/1.jpg": project.samples[1001].content, "testing/x.jpg": b"other"}
    members["testing/info.labels"] = "\n".join(lines).encode()
    served(packed(members))
    content, _ = exported(studio)
    assert files_of(content) == {1001: originals(project)[1001]}


def test_the_same_picture_may_be_there_twice(studio, project):
    project.replace_sample(1002, project.samples[1001].content)
    content, _ = exported(studio)
    assert files_of(content) == originals(project)


def test_labels_are_those_of_studio_not_of_the_zip(studio, project):
    project.change_sample(1001, structured_labels=(LabelSpan(0, 1, "no car"),))
    project.change_sample(1002, is_disabled=True)
    project.change_sample(1003, is_processing=True)
    content, _ = exported(studio)
    assert samples_of(content)[1001].label == "no car"
    assert left_out_of(content) == {
        "drawn.00001": "it is disabled in Studio",
        "drawn.00002": "Studio is still processing it",
    }


def test_an_export_that_was_cut_off_while_unpacking_is_none(studio, project):
    folder = shelf_at(studio).exports
    shelve(folder / ".part-x" / "testing" / "a.jpg", b"x")
    assert files_of(exported(studio)[0]) == originals(project)
