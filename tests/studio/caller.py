"""A plain client for the tests of the imitation itself: `requests`, and nothing clever."""

from __future__ import annotations

from typing import Any

import requests

from tests.studio.server import Studio
from tests.waiting import PATIENCE


class Caller:
    """Calls of one project with one key."""

    def __init__(self, studio: Studio, project: int, key: str) -> None:
        self.studio = studio
        self.project = project
        self.key = key

    def get(self, path: str, **query: object) -> requests.Response:
        """GET a path after `/v1/api/<project>`, or after `/v1/api` where it begins with `//`."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: object = None, **query: object) -> requests.Response:
        """POST a JSON body."""
        return self._call("POST", path, params=query, json={} if body is None else body)

    def json(self, path: str, **query: object) -> dict[str, Any]:
        """The fields of a successful answer."""
        return fields(self.get(path, **query))

    def start_export(self, *, friendly: bool = False) -> int:
        """Start an export; the job's id."""
        body = {"uploaderFriendlyFilenames": friendly, "retainCrops": True}
        return fields(self.post("/jobs/export/original", body))["id"]

    def start_classify(self, *variants: str) -> int:
        """Start model testing; the job's id."""
        return fields(
            self.post("/jobs/classify", {"modelVariants": list(variants)} if variants else {})
        )["id"]

    def follow(self, job: int, polls: int = 100) -> dict[str, Any]:
        """Ask for a job's status until it is finished."""
        for _ in range(polls):
            told = self.json(f"/jobs/{job}/status")["job"]
            if "finished" in told:
                return told
        raise AssertionError(f"job {job} is not finished after {polls} polls")

    def export(self, *, friendly: bool = False) -> bytes:
        """The zip of a new export."""
        self.follow(self.start_export(friendly=friendly))
        return requests.get(self.json("/export/get-url")["url"], timeout=PATIENCE).content

    def _call(self, method: str, path: str, **more: object) -> requests.Response:
        place = path[1:] if path.startswith("//") else f"/{self.project}{path}"
        url = f"{self.studio.url}/v1/api{place}"
        headers = {"x-api-key": self.key}
        return requests.request(
            method, url, headers=headers, timeout=PATIENCE, allow_redirects=False, **more
        )


def fields(response: requests.Response) -> dict[str, Any]:
    """The fields of an answer that has to tell of success."""
    answer = response.json()
    assert response.status_code == 200, answer
    assert answer.pop("success") is True, answer
    return answer


def refusal(response: requests.Response) -> tuple[int, str]:
    """Status and text of an answer that has to tell of an error."""
    answer = response.json()
    assert answer["success"] is False, answer
    return response.status_code, answer["error"]
