"""A server that is killed and comes back: it draws the page without a press."""

from __future__ import annotations

import urllib.request

import pytest
from playwright.sync_api import expect

from hosting.replica import Replica

pytestmark = [pytest.mark.browser, pytest.mark.whole]
APP = "[data-testid=stApp]"
DRAWN = 'gradcam_run_seconds_count{page="explain"}'


def test_a_server_that_takes_the_place_of_another_is_told_the_view_at_once(new_visitor, tmp_path):
    folders = {"GRADCAM_CACHE": str(tmp_path / "cache"), "GRADCAM_NOTES": str(tmp_path / "notes")}
    replica = Replica("a", tmp_path, folders)

    def drawn() -> bool:
        with urllib.request.urlopen(f"http://{replica.place}/metrics") as told:
            return DRAWN in told.read().decode()

    replica.start()
    try:
        replica.wait_until_ready()
        visitor = new_visitor(f"http://{replica.place}")
        visitor.open("explain", verdict="Incorrect")
        app, following = visitor.page.locator(APP), visitor.page.locator(".st-key-next button")
        following.click()
        visitor.settle()
        before = visitor.query

        replica.process.kill()
        expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
        replica.start()
        replica.wait_until_ready()
        replica.process.wait_until(drawn)
        visitor.settle()
        assert visitor.query == before

        following.click()
        visitor.settle()
        assert visitor.query == {**before, "sample": visitor.query["sample"]}
        assert visitor.query["sample"] != before["sample"]
    finally:
        replica.end()
