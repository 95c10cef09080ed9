"""What Prometheus reads: every metric with its labels, and the state of the moment."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services import metrics
from services.watching import exposition as exposing
from services.work.asker import Asker
from services.work.listing import JobListing


def values(name):
    families = text_string_to_metric_families(exposing.exposition().decode())
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_counters_and_durations_are_told_as_prometheus_has_them():
    label = "a label of this test"
    metrics.STUDIO_CALLS.add(label, count=3)
    for seconds in (0.05, 0.3, 100.0):
        metrics.RUN_SECONDS.observe(seconds, label)
    assert values("gradcam_studio_calls_total")[("status", label),] == 3
    buckets = {
        dict(labels)["le"]: count
        for labels, count in values("gradcam_run_seconds_bucket").items()
        if dict(labels)["page"] == label
    }
    assert (buckets["0.05"], buckets["0.5"], buckets["60.0"], buckets["+Inf"]) == (1, 2, 2, 3)
    assert values("gradcam_run_seconds_sum")[("page", label),] == pytest.approx(100.35)


def test_jobs_are_counted_by_kind_and_those_of_other_servers_are_not(monkeypatch):
    def job(words, place, asked_at, host=""):
        whose = (Asker("tab"),)
        return JobListing(
            "", "", "", words, whose, True, not place, place, "", host=host, asked_at=asked_at
        )

    listings = (
        job("export", 0, 10.0),
        job("scan", 1, 40.0),
        job("scan", 2, 20.0),
        job("scan", 1, 0.0, host="another"),
    )
    monkeypatch.setattr(exposing, "jobs_of_all", lambda: listings)
    monkeypatch.setattr(exposing.time, "monotonic", lambda: 100.0)
    assert values("gradcam_jobs_running") == {(("kind", "export"),): 1}
    assert values("gradcam_jobs_waiting") == {(("kind", "scan"),): 2}
    assert values("gradcam_job_oldest_waiting_seconds") == {(): 80}


def test_the_process_itself_is_told_of():
    assert values("process_resident_memory_bytes")[()] > 1e6
    assert values("process_open_fds")[()] >= 3


def test_no_label_can_hold_what_people_call_their_data():
    allowed = {"kind", "outcome", "page", "status", "logger", "essential", "generation"}
    families = text_string_to_metric_families(exposing.exposition().decode())
    seen = {
        name
        for family in families
        if family.name.startswith("gradcam")
        for sample in family.samples
        for name in sample.labels
    }
    assert seen - {"le"} <= allowed


def test_names_have_their_unit_at_the_end_and_no_ending_that_prometheus_adds():
    for metric in (*metrics.COUNTERS, *metrics.DURATIONS):
        assert re.fullmatch(r"gradcam(_[a-z]+)+", metric.name)
        assert not metric.name.endswith("_total")
    assert all(duration.name.endswith("_seconds") for duration in metrics.DURATIONS)
