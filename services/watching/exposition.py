"""The metrics of this process as Prometheus reads them; its library is imported here alone."""

from __future__ import annotations

import time
from collections import Counter as Counted
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from services.asking import jobs_of_all
from services.heatmaps.heatmaps import captured_bytes
from services.keeping.bound import cached_bytes, free_bytes
from services.metrics import COUNTERS, DURATIONS, Duration
from services.readiness import READINESS, Essential
from services.work.listing import JobListing

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(_registry())


@cache
def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(_Ours())
    return registry


class _Ours(Collector):
    """What this product counts, and how things stand at this moment."""

    def collect(self) -> Iterator[Family]:
        for counter in COUNTERS:
            family = CounterMetricFamily(counter.name, counter.about, labels=counter.labels)
            for values, count in counter.sums().items():
                family.add_metric(values, count)
            yield family
        yield from map(_histogram, DURATIONS)
        yield from _jobs(jobs_of_all())
        yield from _memory_and_disk()
        essentials = GaugeMetricFamily(
            "gradcam_ready",
            "Whether each essential was met when somebody looked last",
            labels=["essential"],
        )
        for essential in Essential:
            essentials.add_metric([essential], float(essential not in READINESS.last_lacking))
        yield essentials


def _histogram(duration: Duration) -> Family:
    family = HistogramMetricFamily(duration.name, duration.about, labels=duration.labels)
    bounds = [*(str(float(bound)) for bound in duration.bounds), "+Inf"]
    for values, each in duration.observed().items():
        buckets = list(zip(bounds, accumulate(each.counts), strict=True))
        family.add_metric(values, buckets, each.sum)
    return family


def _jobs(listings: tuple[JobListing, ...]) -> Iterator[Family]:
    """Of this server; the others are asked themselves."""
    own = [listing for listing in listings if not listing.host]
    waiting = [listing for listing in own if listing.place]
    running = [listing for listing in own if not listing.place]
    for state, those in (("waiting", waiting), ("running", running)):
        family = GaugeMetricFamily(f"gradcam_jobs_{state}", f"Jobs {state}", labels=["kind"])
        for kind, count in Counted(listing.words for listing in those).items():
            family.add_metric([kind], count)
        yield family
    oldest = min((listing.asked_at for listing in waiting), default=None)
    yield GaugeMetricFamily(
        "gradcam_job_oldest_waiting_seconds",
        "Seconds since the oldest of the jobs that wait was asked for",
        0.0 if oldest is None else time.monotonic() - oldest,
    )


def _memory_and_disk() -> Iterator[Family]:
    kept = cached_bytes()
    if kept is not None:
        yield GaugeMetricFamily(
            "gradcam_cache_bytes", "Bytes of the cache folder, which replicas share", kept
        )
    yield GaugeMetricFamily(
        "gradcam_disk_free_bytes", "Bytes free on the disk of the cache", free_bytes()
    )
    yield GaugeMetricFamily(
        "gradcam_captures_bytes", "Bytes of the captures in memory", captured_bytes()
    )
