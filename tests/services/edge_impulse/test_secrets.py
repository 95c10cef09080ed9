"""The key is nowhere: every text that a visit leaves behind is searched for it."""

import copy
import io
import logging
import pickle
import traceback
from contextlib import suppress
from pathlib import Path

import pytest

from services.edge_impulse.access import redact_logs
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.studios_own import fetch_own
from services.errors import Cancelled
from services.sample import Sample
from services.settings import settings
from services.work.job import Job
from tests.services.edge_impulse.answering import Reply, answering
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import (
    FEED,
    MODELS,
    PICTURES,
    ZIPS,
    LeavesAt,
    Noted,
    access_to,
    connected,
    refused,
)
from tests.studio import (
    Action,
    Fault,
    Role,
    anomaly_project,
    object_project,
    running_studio,
    sound_project,
)

SECRET = "ei_5ec2e7" + "0123456789abcdef" * 3
NEEDLE = "5ec2e7"
ECHO = f"Invalid API key {SECRET} (x-api-key: {SECRET})"


@pytest.fixture
def project():
    made = small_project(key=SECRET)
    made.results = lambda block, sample, variant: (0.75, 0.25)
    return made


@pytest.fixture
def written():
    """Everything that is logged by anybody, at whatever level."""
    before, level = logging.getLogRecordFactory(), logging.root.level
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    names = ["urllib3", "requests", "services", "charset_normalizer"]
    levels = {name: logging.getLogger(name).level for name in names}
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    redact_logs()
    yield sink
    logging.root.removeHandler(handler)
    logging.root.setLevel(level)
    logging.setLogRecordFactory(before)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def chain(error):
    """An error, what it came from, and what it came in the middle of."""
    seen = []
    todo = [error]
    while todo:
        each = todo.pop()
        if each is not None and each not in seen:
            seen.append(each)
            todo += [each.__cause__, each.__context__]
    return seen


def texts_of(error):
    """Every text that somebody may make of an error."""
    for each in chain(error):
        yield from (str(each), repr(each), f"{each}", str(each.args), str(vars(each)))
        for value in vars(each).values():
            yield str(getattr(value, "headers", ""))
        with suppress(TypeError, AttributeError, pickle.PicklingError):  # not all can be written
            yield pickle.dumps(each).decode("latin-1")
    yield "".join(traceback.format_exception(error))


def clean(*texts):
    assert [text for text in texts if NEEDLE in text] == []


def search(studio, written):
    """Look for the key in everything that a visit may leave."""
    for path in settings().cache.rglob("*"):
        clean(str(path))
        if path.is_file():
            assert NEEDLE.encode() not in path.read_bytes()
    for request in studio.log:
        clean(request.path, str(request.query), request.byte_range)
    assert studio.leaks == []
    clean(written.getvalue())


def test_the_search_finds_what_it_is_for(written):
    with pytest.raises(AssertionError):
        clean("fine", f"x{SECRET}")
    assert any(NEEDLE in text for text in texts_of(KeyError(SECRET)))
    outer = ValueError("fine")
    outer.__context__ = KeyError(SECRET)
    assert any(NEEDLE in text for text in texts_of(outer))
    logging.getLogger("urllib3.x").debug("sent")
    assert "urllib3.x DEBUG sent" in written.getvalue()


@pytest.mark.parametrize("make", [sound_project, object_project, anomaly_project])
@pytest.mark.parametrize("way", Way)
def test_sounds_objects_and_anomalies_leave_no_key(written, way, make):
    with running_studio(make(key=SECRET)) as studio:
        content, told = connected(studio, SECRET, way=way)
        sample = content.labelled.samples[0]
        fetch_own(access_to(studio, SECRET), told.place, told.feed, sample)
        search(studio, written)
        clean(repr(content), repr(told), repr(told.feed))
        assert all(request.had_key for request in studio.log.chosen("/raw-data/**"))


@pytest.mark.parametrize("way", Way)
def test_a_visit_that_goes_well_leaves_no_key(studio, written, way):
    progress = Noted()
    content, told = connected(studio, SECRET, progress, way=way)
    place = StudioPlace(studio.url, 9, 1, 7)
    sample = Sample("a", Path("a"), None, studio_id=1001)
    fetch_own(access_to(studio, SECRET), place, FEED, sample)
    search(studio, written)
    clean(repr(content), repr(told), repr(progress.stages), str(progress.names), str(told.place))
    clean(pickle.dumps(told.place).decode("latin-1"), repr(access_to(studio, SECRET)))
    assert "urllib3" in written.getvalue()
    assert all(request.had_key for request in studio.log.chosen("/raw-data/**"))


def test_a_log_call_with_the_key_has_it_no_longer(written):
    for name in ("urllib3.connectionpool", "requests", "root", "somebody.else"):
        logging.getLogger(name).debug("header x-api-key: %s", SECRET)
        logging.getLogger(name).error({"x-api-key": SECRET})
    clean(written.getvalue())
    assert written.getvalue().count("ei_…") == 8


FAILING = {
    "wrong key": [Fault(Action.REFUSE, "/projects/**", status=401, text=ECHO)],
    "wrong key of text": [
        Fault(Action.SERVER_ERROR, "/projects/**", status=401, text=ECHO, body="text")
    ],
    "500": [Fault(Action.SERVER_ERROR, times=None, text=ECHO)],
    "429": [Fault(Action.TOO_MANY, times=None, retry_after=900, text=ECHO)],
    "429 again": [Fault(Action.TOO_MANY, times=None, retry_after=1, text=ECHO)],
    "refused": [Fault(Action.REFUSE, "/impulses", text=ECHO)],
    "quota": [Fault(Action.QUOTA, "/impulses", text=f"quota {ECHO}")],
    "rights": [Fault(Action.REFUSE, "/raw-data", text=f"permission {ECHO}")],
    "html": [Fault(Action.HTML, "/impulses", text=ECHO)],
    "late": [Fault(Action.HANG, "/impulses", times=None)],
    "cut": [Fault(Action.CUT, "/impulses", times=None, at=9)],
    "dropped": [Fault(Action.DROP, "/impulses", times=None)],
    "missing": [Fault(Action.MISSING_FIELD, "/impulses", field="impulses")],
    "picture": [Fault(Action.REFUSE, PICTURES, times=None, text=ECHO)],
    "picture cut": [Fault(Action.CUT, PICTURES, times=None, at=9)],
    "model": [Fault(Action.REFUSE, MODELS, text=ECHO)],
    "model cut": [Fault(Action.CUT, MODELS, times=None, at=9)],
    "model magic": [Fault(Action.WRONG_MAGIC, MODELS)],
    "job": [Fault(Action.JOB_FAILS, "/jobs/**", text=ECHO)],
    "job refused": [Fault(Action.REFUSE, "/jobs/export/original", text=ECHO)],
    "stale": [Fault(Action.STALE_EXPORT, "/export/get-url", times=None)],
    "expired": [Fault(Action.EXPIRED_URL, ZIPS, times=None)],
    "zip": [Fault(Action.HTML, ZIPS, text=ECHO)],
    "zip cut": [Fault(Action.CUT, ZIPS, times=None, at=9)],
    "redirect": [Fault(Action.REDIRECT, "/impulses", location="http://127.0.0.1:1/")],
    "circle": [Fault(Action.REDIRECT, "/impulses", times=None, location="/v1/api/impulses")],
    "no address": [Fault(Action.REDIRECT, PICTURES, times=None, location="http://[")],
}


@pytest.mark.parametrize("case", FAILING)
def test_no_failure_shows_the_key(studio, written, impatient, case):
    for fault in FAILING[case]:
        studio.faults.add(fault)
    job = Job()
    errors = []

    def work(progress):
        try:
            connected(studio, SECRET, Noted(), way=Way.EXPORT)
            connected(studio, SECRET, Noted())
        except Exception as error:
            errors.append(error)
            raise

    job.run(work)
    (error,) = errors
    assert job.error
    clean(job.error, *texts_of(error))
    search(studio, written)
    assert job.error.endswith(".")


def test_a_key_that_studio_sends_back_is_replaced(studio, written):
    studio.faults.add(Fault(Action.REFUSE, "/projects/**", status=401, text=ECHO))
    assert refused(lambda: connected(studio, SECRET)) == (
        f"{studio.url} does not accept this key; it says "
        "“Invalid API key ei_… (x-api-key: ei_…)”. Copy the key again in Studio on Dashboard, Keys."
    )


def test_a_reason_with_the_key_is_not_listed(studio, written):
    studio.faults.add(Fault(Action.REFUSE, "/raw-data/1003/image", times=None, text=ECHO))
    content, _ = connected(studio, SECRET)
    (item,) = content.labelled.left_out
    assert "Invalid API key ei_…" in item.reason
    clean(repr(content))


def test_a_jobs_log_with_the_key_is_not_said(studio, written, monkeypatch):
    from tests.studio.jobs import Job as StudioJob

    original = StudioJob.say
    monkeypatch.setattr(
        StudioJob, "say", lambda job, text, *rest: original(job, f"{text} {SECRET}", *rest)
    )
    progress = Noted()
    connected(studio, SECRET, progress, way=Way.EXPORT)
    assert any("Still working, 0 to go ei_…" in name for name, _ in progress.names)
    clean(str(progress.names))
    search(studio, written)


def test_a_result_that_holds_the_key_is_not_quoted(studio, project, written):
    studio.faults.add(Fault(Action.REFUSE, "/classify/**", text=ECHO))
    told = connected(studio, SECRET)[1]
    assert "ei_…" in told.no_results
    clean(told.no_results)


def test_who_leaves_leaves_no_key(studio, written):
    with pytest.raises(Cancelled) as caught:
        connected(studio, SECRET, LeavesAt("Downloading pictures"))
    clean(*texts_of(caught.value))
    search(studio, written)


def test_a_role_without_rights_leaves_no_key(studio, project, written):
    project.keys[SECRET] = Role.INGESTION_ONLY
    clean(refused(lambda: connected(studio, SECRET)))
    search(studio, written)


def test_an_unforeseen_error_is_logged_without_the_key(written):
    def work(progress):
        raise KeyError(f"header {SECRET}")

    job = Job()
    job.run(work)
    clean(job.error, written.getvalue())
    assert "header ei_…" in written.getvalue()


def test_a_host_that_is_no_studio_gets_the_key_once_and_does_not_give_it_away(written):
    body = f"<html>{SECRET}</html>".encode()
    with answering(lambda seen: Reply(body)) as server:
        sentence = refused(lambda: connected(server, SECRET))
    clean(sentence, written.getvalue())
    assert len(server.seen) == 1
    assert server.seen[0].headers["x-api-key"] == SECRET
    assert SECRET not in server.seen[0].path


def test_an_access_cannot_be_written_down(studio):
    access = access_to(studio, SECRET)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            write(access)
        clean(*texts_of(caught.value))


def test_keys_of_two_projects_are_kept_apart_in_the_same_process(written):
    other = "ei_0the2" + "f" * 40
    with running_studio(small_project(2, key=SECRET), small_project(2, id=5, key=other)) as studio:
        connected(studio, SECRET)
        connected(studio, other)
        search(studio, written)
        assert "0the2" not in written.getvalue()
