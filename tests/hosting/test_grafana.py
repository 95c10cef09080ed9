"""The Grafana board asks for what `/metrics` tells, by the labels that it has."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services import metrics
from services.watching.exposition import exposition

BOARD = json.loads(
    (Path(__file__).parents[2] / "hosting" / "grafana.json").read_text(encoding="utf-8")
)
TARGETS = [(panel["title"], target) for panel in BOARD["panels"] for target in panel["targets"]]
NAME = re.compile(r"\b(?:gradcam|process|python)_[a-z_]+")
LABELS = {
    **{metric.name: {*metric.labels} for metric in (*metrics.COUNTERS, *metrics.DURATIONS)},
    "gradcam_ready": {"essential"},
    "gradcam_jobs_running": {"kind"},
    "gradcam_jobs_waiting": {"kind"},
}


def plain(name):
    """A metric's name without what Prometheus adds for its kind."""
    return re.sub(r"_(total|bucket|count|sum)$", "", name)


def families():
    return {each.name: each for each in text_string_to_metric_families(exposition().decode())}


@pytest.fixture(scope="module")
def told():
    """Names of all metrics, with something counted under each."""
    for counter in metrics.COUNTERS:
        counter.add(*["this test"] * len(counter.labels))
    for duration in metrics.DURATIONS:
        duration.observe(1.0, *["this test"] * len(duration.labels))
    samples = {sample.name for family in families().values() for sample in family.samples}
    # Without a job, and before the cache was counted, there is nothing to tell of these.
    return samples | {"gradcam_jobs_running", "gradcam_jobs_waiting", "gradcam_cache_bytes"}


@pytest.mark.parametrize(("title", "target"), TARGETS)
def test_every_metric_that_it_names_exists_with_its_labels(title, target, told):
    names = set(NAME.findall(target["expr"]))
    assert names
    assert names <= told
    shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) - {"instance"}
    grouped = set(re.findall(r"by \(([\w, ]+)\)", target["expr"])[:1])
    by = {word for part in grouped for word in part.split(", ")} - {"le", "instance"}
    known = set().union(*(LABELS.get(plain(name), set()) for name in names))
    assert shown | by <= known


def test_every_metric_of_ours_is_shown():
    shown = {plain(name) for _, target in TARGETS for name in NAME.findall(target["expr"])}
    ours = {name for name in families() if name.startswith("gradcam_")}
    assert ours <= shown
    assert {metric.name for metric in (*metrics.COUNTERS, *metrics.DURATIONS)} <= shown


def test_panels_lie_side_by_side():
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in BOARD["panels"]]
    assert len(set(places)) == len(places)
    assert all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in BOARD["panels"])
    assert len({p["id"] for p in BOARD["panels"]}) == len(places)
