"""Who may ask for what, and what the log says of it."""

import pytest
import requests

from tests.studio import Origin, Request, Role
from tests.studio.caller import Caller, refusal
from tests.studio.log import RequestLog
from tests.studio.paths import matches
from tests.waiting import PATIENCE

EXPORT = {"uploaderFriendlyFilenames": False, "retainCrops": True}


@pytest.mark.parametrize(
    ("role", "reads", "starts"),
    [
        (Role.ADMIN, True, True),
        (Role.INGESTION_DEPLOYMENT, True, False),
        (Role.READONLY, True, False),
        (Role.INGESTION_ONLY, False, False),
    ],
)
def test_roles(call, cars, role, reads, starts):
    cars.keys["ei_demo_cars"] = role
    assert call.json("//projects/api-key-info")["role"] == role.value
    assert call.json("//projects")["projects"][0]["id"] == 1
    looked = call.get("/impulses")
    assert (looked.status_code, looked.json()["success"]) == (
        (200, True) if reads else (403, False)
    )
    for path, body in (("/jobs/export/original", EXPORT), ("/jobs/classify", {})):
        started = call.post(path, body)
        assert started.json()["success"] is starts
        if not starts:
            assert refusal(started) == (200, "insufficient permissions (valid roles: [admin])")


def test_unknown_foreign_and_missing_keys(call, studio):
    assert refusal(Caller(studio, 1, "ei_nobody").get("/impulses")) == (401, "Invalid API key")
    assert refusal(Caller(studio, 2, "ei_demo_cars").get("/impulses"))[0] == 403
    without = requests.get(f"{studio.url}/v1/api/projects", timeout=PATIENCE)
    assert (without.status_code, studio.log[-1].had_key) == (401, False)
    studio.bad_key_status = 200
    assert refusal(Caller(studio, 1, "ei_nobody").get("/impulses")) == (200, "Invalid API key")


def test_a_revoked_key_is_unknown(call, studio):
    assert call.json("/impulses")
    studio.revoke("ei_demo_cars")
    assert refusal(call.get("/impulses")) == (401, "Invalid API key")


def test_an_older_studio_does_not_know_key_info(call, studio):
    studio.key_info = False
    assert call.get("//projects/api-key-info").status_code == 404
    assert call.json("//projects")["projects"][0]["id"] == 1


def test_only_paths_below_v1_api_exist(studio):
    for path in ("/", "/api/projects", "/v1/api/1/nothing"):
        assert requests.get(studio.url + path, timeout=PATIENCE).status_code == 404
    assert [request.path for request in studio.log] == ["/", "/api/projects", "/1/nothing"]


@pytest.mark.parametrize(
    ("pattern", "path", "named"),
    [
        ("/raw-data/*/image", "/1/raw-data/7/image", True),
        ("/1/raw-data/*/image", "/1/raw-data/7/image", True),
        ("/2/raw-data/*/image", "/1/raw-data/7/image", False),
        ("/raw-data", "/1/raw-data", True),
        ("/raw-data", "/1/raw-data/7", False),
        ("/raw-data/*", "/1/raw-data/7/image", False),
        ("/raw-data/**", "/1/raw-data/7/image", True),
        ("**", "/projects", True),
    ],
)
def test_patterns(pattern, path, named):
    assert matches(pattern, path) is named


def test_the_log(call, studio):
    call.get("/raw-data", category="testing", limit=5)
    call.get("/raw-data/1001/image")
    call.get("/raw-data/1002/image")
    call.start_export()
    listing = studio.log[0]
    assert (listing.method, listing.path, listing.status) == ("GET", "/1/raw-data", 200)
    assert (listing.query, listing.had_key) == ({"category": "testing", "limit": "5"}, True)
    assert (studio.count("/raw-data/*/image"), studio.count(method="POST")) == (2, 1)
    studio.forget()
    assert (len(studio.log), studio.count()) == (0, 0)


def test_an_answer_to_a_forgotten_request_is_none_of_the_next_ones():
    log = RequestLog()
    asked = Request("GET", "/projects", {}, None, had_key=True, origin=Origin.STUDIO)
    ticket = log.arrived(asked)
    log.forget()
    log.arrived(asked)
    log.answered(ticket, 500)
    assert [request.status for request in log] == [None]


def test_waiting_for_what_never_happens_ends(studio):
    with pytest.raises(TimeoutError):
        studio.wait_for(lambda: studio.count() == 1, seconds=0.01)
