"""Jobs from their start to what they leave behind."""

import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import requests
from PIL import Image

import gradcam
from tests.studio import (
    demo_project,
    running_studio,
)
from tests.studio.caller import Caller, refusal
from tests.studio.demo import DEMO
from tests.waiting import PATIENCE


def test_an_export_is_newer_than_its_job_and_shows_the_data_of_its_start(call, cars):
    job = call.start_export()
    cars.remove_sample(1001)
    done = call.follow(job)
    told = call.json("/export/get-url")
    assert told["created"] >= done["finished"] > done["created"]
    content = requests.get(told["url"], timeout=PATIENCE).content
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert len([name for name in archive.namelist() if name.endswith(".jpg")]) == 200


def test_polls(call, cars):
    cars.polls = 0
    assert call.json(f"/jobs/{call.start_export()}/status")["job"]["finishedSuccessful"] is True
    cars.polls = 1
    job = call.start_export()
    assert "finished" not in call.json(f"/jobs/{job}/status")["job"]
    assert "finished" in call.json(f"/jobs/{job}/status")["job"]


def test_jobs_can_be_looked_at(call, studio):
    job = studio.jobs[call.start_classify("int8")]
    assert (job.kind, job.request) == ("classify", {"modelVariants": ["int8"]})
    assert call.get(f"/jobs/{job.id}/status").status_code == 200
    assert (job.finished, job.succeeded) == (None, None)
    lines = call.json(f"/jobs/{job.id}/stdout", limit=1)
    assert (lines["totalCount"], len(lines["stdout"])) == (len(job.log), 1)
    assert refusal(call.get("/jobs/7/status")) == (200, "Unknown job ID 7")


def test_a_cancelled_job_leaves_nothing(call, studio):
    job = call.start_export()
    assert call.post(f"/jobs/{job}/cancel").json() == {"success": True}
    assert call.follow(job)["finishedSuccessful"] is False
    assert studio.jobs[job].cancelled
    assert call.json("/export/get-url")["hasExport"] is False
    assert "already finished" in refusal(call.post(f"/jobs/{job}/cancel"))[1]


def test_a_job_can_be_cancelled_while_somebody_waits_for_it(call, cars, studio):
    cars.polls = 0
    at_work, go_on = threading.Event(), threading.Event()

    def slowly(block, sample, variant):
        at_work.set()
        go_on.wait(PATIENCE)
        return 1.0, 0.0

    cars.results = slowly
    with ThreadPoolExecutor(1) as pool:
        job = call.start_classify("float32")
        try:
            status = pool.submit(call.json, f"/jobs/{job}/status")
            assert at_work.wait(PATIENCE)
            studio.wait_for(lambda: studio.count("/jobs/*/status") == 1)
            assert call.post(f"/jobs/{job}/cancel").json() == {"success": True}
        finally:
            go_on.set()
        assert status.result(timeout=PATIENCE)["job"]["finishedSuccessful"] is False
    assert cars.tests == {}


def test_no_compute_time_no_job(call, cars):
    cars.compute_time_left_ms = 0
    assert call.json("")["computeTime"]["timeLeftMs"] == 0
    assert "compute time" in refusal(call.post("/jobs/classify"))[1]
    assert call.start_export()


def test_only_the_variants_asked_for_have_results(call):
    call.follow(call.start_classify("int8"))
    assert call.json("/classify/all/result", variant="int8")["availableVariants"] == ["int8"]
    assert "No model testing" in refusal(call.get("/classify/all/result", variant="float32"))[1]


def test_disabled_samples_are_not_tested(call, cars):
    cars.change_sample(1001, is_disabled=True)
    call.follow(call.start_classify())
    told = call.json("/classify/all/result/page", limit=1000)
    tested = {item["sampleId"] for item in told["result"]}
    assert (told["totalCount"], 1001 in tested, 1002 in tested) == (159, False, True)


def test_a_broken_model_fails_its_job(call, cars):
    cars.results = None
    cars.retrain(7, b"no model at all")
    job = call.start_classify("float32")
    assert call.follow(job)["finishedSuccessful"] is False
    assert "model.h5" in call.json(f"/jobs/{job}/stdout")["stdout"][0]["data"]


@pytest.mark.parametrize("name", ["cars", "gauge"])
def test_real_results_are_those_of_the_core(name):
    project = demo_project(name, with_results=True)
    with running_studio(project) as studio:
        call = Caller(studio, 1, f"ei_demo_{name}")
        exact, rounded = (
            {
                item["sampleId"]: list(item["classifications"][0]["result"][0].values())
                for item in call.json("/classify/all/result", variant=variant)["result"]
            }
            for variant in ("float32", "int8")
        )
    network = gradcam.load_network(DEMO / name / "model.h5")
    spec = gradcam.InputSpec(96, 96)
    chosen = sorted(exact)[:8]
    pictures = [project.samples[number].content for number in chosen]
    batch = np.stack([
        gradcam.to_tensor(np.asarray(Image.open(io.BytesIO(item)).convert("RGB")), spec)
        for item in pictures
    ])  # fmt: skip
    expected = network.predict(batch)
    np.testing.assert_allclose([exact[number] for number in chosen], expected, atol=1e-5)
    steps = np.array([rounded[number] for number in chosen]) * 256
    np.testing.assert_array_equal(steps, np.round(steps))
    assert np.abs(steps / 256 - expected).max() <= 1 / 512 + 1e-5
