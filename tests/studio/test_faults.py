"""Each fault does to a plain client what its name says, as often as it says."""

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.studio import Action, Body, Fault, Origin, demo_project, running_studio, server
from tests.studio.caller import Caller, refusal
from tests.waiting import PATIENCE

PICTURE = "/raw-data/1001/image"
KEY = {"x-api-key": "ei_demo_cars"}


@pytest.fixture
def fault(studio):
    return lambda *arguments, **options: studio.faults.add(Fault(*arguments, **options))


def error(response):
    return refusal(response)[1]


# ------------------------------------------------------------------------- which and how often


def test_a_fault_meets_what_it_names_and_nothing_else(call, studio, fault):
    met = fault(Action.REFUSE, "/raw-data/*/image", times=2, skip=1, text="no")
    assert call.get("/raw-data").json()["error"] != "no"
    assert call.get(PICTURE).content.startswith(b"\xff\xd8")
    assert [error(call.get(PICTURE)), error(call.get("/raw-data/1002/image"))] == ["no", "no"]
    assert call.get(PICTURE).content.startswith(b"\xff\xd8")
    assert studio.faults.hits(met) == 2


def test_a_fault_without_end_lasts_until_cleared(call, studio, fault):
    fault(Action.REFUSE, times=None, text="for ever")
    assert {error(call.get("/impulses")) for _ in range(5)} == {"for ever"}
    studio.faults.clear()
    assert call.json("/impulses")["impulses"]


def test_a_fault_can_be_of_one_method_or_removed(call, studio, fault):
    posts = fault(Action.REFUSE, method="POST", times=None, text="no posts")
    assert call.json("/impulses")["impulses"]
    assert error(call.post("/jobs/classify")) == "no posts"
    studio.faults.remove(posts)
    assert call.start_classify("int8")


def test_a_fault_can_be_of_one_server(call, fault):
    fault(Action.REFUSE, origin=Origin.STORAGE, text="not here")
    call.follow(call.start_export())
    url = call.json("/export/get-url")["url"]
    assert error(requests.get(url, timeout=PATIENCE)) == "not here"


def test_the_first_fault_wins(call, fault):
    fault(Action.REFUSE, text="first")
    fault(Action.REFUSE, text="second")
    assert [error(call.get("/impulses")), error(call.get("/impulses"))] == ["first", "second"]


# --------------------------------------------------------------------------- instead of answers


@pytest.mark.parametrize(
    ("after", "header"), [(7, "7"), (None, None), ("Mon, 1 Jan", "Mon, 1 Jan")]
)
def test_too_many(call, fault, after, header):
    fault(Action.TOO_MANY, retry_after=after)
    response = call.get("/impulses")
    assert (response.status_code, response.headers.get("Retry-After")) == (429, header)
    assert "Too many requests" in error(response)
    assert call.get("/impulses").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "begins"),
    [
        (Body.JSON, "application/json", '{"success": false'),
        (Body.TEXT, "text/plain; charset=utf-8", "oh dear"),
        (Body.HTML, "text/html; charset=utf-8", "<!DOCTYPE html>"),
    ],
)
def test_server_error(call, fault, body, kind, begins):
    fault(Action.SERVER_ERROR, body=body, text="oh dear", status=502)
    response = call.get(PICTURE)
    assert (response.status_code, response.headers["content-type"]) == (502, kind)
    assert response.text.startswith(begins)
    assert "oh dear" in response.text


def test_server_error_is_500_of_itself(call, fault):
    fault(Action.SERVER_ERROR)
    assert call.get("/impulses").status_code == 500


def test_refuse_is_a_success_by_its_status(call, fault):
    fault(Action.REFUSE, text="not today")
    response = call.get("/impulses")
    assert (response.status_code, error(response)) == (200, "not today")


@pytest.mark.parametrize("status", [402, 403])
def test_quota(call, fault, status):
    fault(Action.QUOTA, "/jobs/classify", status=status)
    response = call.post("/jobs/classify")
    assert response.status_code == status
    assert "exceeded your compute time" in error(response)


@pytest.mark.parametrize("path", ["/impulses", PICTURE, "/learn-data/7/model/tflite-h5"])
def test_html(call, fault, path):
    fault(Action.HTML)
    response = call.get(path)
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "text/html; charset=utf-8",
    )
    assert response.text.startswith("<!DOCTYPE html>")


def test_redirect(call, studio, fault):
    fault(Action.REDIRECT, location=f"{studio.storage_url}/elsewhere")
    response = call.get("/impulses")
    assert (response.status_code, response.headers["location"]) == (
        302,
        f"{studio.storage_url}/elsewhere",
    )


def test_drop(call, studio, fault):
    fault(Action.DROP)
    with pytest.raises(requests.ConnectionError):
        call.get("/impulses")
    assert [request.status for request in studio.log] == [None]
    assert call.get("/impulses").status_code == 200


# ------------------------------------------------------------------------------ around answers


@pytest.mark.parametrize("at", [0, 1, 5000])
def test_cut_breaks_at_its_byte(studio, cars, fault, at):
    fault(Action.CUT, "/raw-data/*/image", at=at)
    connection = http.client.HTTPConnection(
        "127.0.0.1", urlsplit(studio.url).port, timeout=PATIENCE
    )
    connection.request("GET", f"/v1/api/1{PICTURE}", headers=KEY)
    response = connection.getresponse()
    whole = cars.samples[1001].content
    assert (response.status, response.length) == (200, len(whole))
    with pytest.raises(http.client.IncompleteRead) as broken:
        response.read()
    assert broken.value.partial == whole[:at]
    connection.close()


def test_cut_is_seen_by_requests(call, fault):
    fault(Action.CUT, "/learn-data/**", at=100)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        call.get("/learn-data/7/model/tflite-h5")


def test_cut_never_lets_everything_through(call, fault):
    fault(Action.CUT, "/impulses", at=10**9)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        call.get("/impulses")


def test_cut_of_an_export_leaves_a_part_to_go_on_from(call, studio, fault):
    call.follow(call.start_export())
    url = call.json("/export/get-url")["url"]
    whole = requests.get(url, timeout=PATIENCE).content
    fault(Action.CUT, "/exports/**", origin=Origin.STORAGE, at=1000)
    kept = []
    with requests.get(url, stream=True, timeout=PATIENCE) as response:
        chunks = response.iter_content(100)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            kept.extend(chunks)
    assert b"".join(kept) == whole[:1000]
    rest = requests.get(url, headers={"Range": "bytes=1000-"}, timeout=PATIENCE)
    assert (rest.status_code, rest.content) == (206, whole[1000:])


@pytest.mark.parametrize(
    ("path", "kind", "magic"),
    [
        (PICTURE, "image/jpeg", b"\xff\xd8"),
        ("/learn-data/7/model/tflite-h5", "application/octet-stream", b"PK"),
        ("/impulses", "application/json", b"{"),
    ],
)
def test_wrong_magic(call, fault, path, kind, magic):
    fault(Action.WRONG_MAGIC)
    response = call.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, kind)
    assert not response.content.startswith(magic)
    assert call.get(path).content.startswith(magic)


def test_missing_field(call, fault):
    fault(Action.MISSING_FIELD, "/impulses", field="impulses.0.learnBlocks")
    (impulse,) = call.json("/impulses")["impulses"]
    assert "learnBlocks" not in impulse
    assert "dspBlocks" in impulse
    assert "learnBlocks" in call.json("/impulses")["impulses"][0]


def test_a_missing_field_that_never_was_is_the_tests_own_mistake(cars):
    misspelt = running_studio(cars)
    studio = misspelt.__enter__()
    studio.faults.add(Fault(Action.MISSING_FIELD, field="impulses.0.learnblocks"))
    assert Caller(studio, 1, "ei_demo_cars").get("/impulses").status_code == 500
    with pytest.raises(KeyError, match="learnblocks"):
        misspelt.__exit__(None, None, None)


# --------------------------------------------------------------------------------------- hanging


def test_hang_answers_when_released(call, studio, fault):
    fault(Action.HANG, "/jobs/export/original")
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(call.start_export)
        studio.wait_for(lambda: studio.faults.hanging == 1)
        assert call.get("/impulses").status_code == 200  # the others are not held up
        assert not job.done()
        studio.faults.release()
        assert job.result(timeout=PATIENCE) in studio.jobs


def test_hang_ends_when_the_client_goes(call, studio, fault):
    fault(Action.HANG)
    connection = http.client.HTTPConnection(
        "127.0.0.1", urlsplit(studio.url).port, timeout=PATIENCE
    )
    connection.request("GET", "/v1/api/1/impulses", headers=KEY)
    studio.wait_for(lambda: studio.faults.hanging == 1)
    connection.close()
    studio.wait_for(lambda: studio.faults.hanging == 0)


def test_hang_is_a_timeout_for_an_impatient_client(studio, fault):
    fault(Action.HANG)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{studio.url}/v1/api/projects", headers=KEY, timeout=(PATIENCE, 0.05))


def test_hang_does_not_hold_up_the_end(monkeypatch):
    monkeypatch.setattr(server, "GRACE", PATIENCE)  # what the end would take if it waited
    outcome = []

    def ask(url):
        try:
            requests.get(f"{url}/v1/api/projects", headers=KEY, timeout=PATIENCE)
        except requests.ConnectionError as gone:
            outcome.append(gone)

    with running_studio(demo_project("cars")) as studio:
        studio.faults.add(Fault(Action.HANG))
        client = threading.Thread(target=ask, args=(studio.url,))
        client.start()
        studio.wait_for(lambda: studio.faults.hanging == 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < PATIENCE / 2
    client.join(PATIENCE)
    assert len(outcome) == 1


# ------------------------------------------------------------------------------ jobs and exports


def test_job_fails(call, studio, fault):
    fault(Action.JOB_FAILS, "/jobs/classify", text="Out of memory")
    exporting, testing = call.start_export(), call.start_classify("int8")
    assert call.follow(exporting)["finishedSuccessful"] is True
    assert call.follow(testing)["finishedSuccessful"] is False
    said = [line["data"] for line in call.json(f"/jobs/{testing}/stdout")["stdout"]]
    assert said[:2] == ["Job failed (see above)", "Out of memory"]
    assert error(call.get("/classify/all/result")).startswith("No model testing results")


def test_job_takes(call, fault):
    fault(Action.JOB_TAKES, polls=7)
    job = call.start_export()
    running = [call.json(f"/jobs/{job}/status")["job"] for _ in range(7)]
    assert not any("finished" in told for told in running)
    assert call.json(f"/jobs/{job}/status")["job"]["finishedSuccessful"] is True
    assert call.follow(call.start_export(), polls=2)


def test_stale_export(call, studio, fault):
    fault(Action.STALE_EXPORT, times=2)
    done = call.follow(call.start_export())
    shown = [call.json("/export/get-url") for _ in range(3)]
    assert [told["created"] < done["created"] for told in shown] == [True, True, False]
    sizes = [len(requests.get(told["url"], timeout=PATIENCE).content) for told in shown]
    assert sizes[0] == sizes[1] < sizes[2]


def test_stale_export_is_the_one_before_where_there_is_one(call, cars, fault):
    call.follow(call.start_export())
    before = call.json("/export/get-url")["created"]
    cars.relabel(1001, "other")
    done = call.follow(call.start_export())
    fault(Action.STALE_EXPORT, times=None)
    assert call.json("/export/get-url")["created"] == before < done["created"]


def test_expired_url_fault(call, studio, fault):
    call.follow(call.start_export())
    url = call.json("/export/get-url")["url"]
    fault(Action.EXPIRED_URL)
    refused = requests.get(url, timeout=PATIENCE)
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/xml")
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in refused.text
    assert requests.get(url, timeout=PATIENCE).status_code == 200


def test_expired_urls_stay_so_and_new_ones_work(call, studio):
    call.follow(call.start_export())
    old = call.json("/export/get-url")["url"]
    studio.expire_urls()
    new = call.json("/export/get-url")["url"]
    assert [requests.get(url, timeout=PATIENCE).status_code for url in (old, old, new)] == [
        403,
        403,
        200,
    ]


def test_faults_are_sent_as_the_log_says(call, studio, fault):
    fault(Action.TOO_MANY, "/impulses")
    call.get("/impulses")
    call.get("/impulses")
    assert [request.status for request in studio.log.chosen("/impulses")] == [429, 200]
    assert json.loads(call.get("/impulses").content)["success"] is True
