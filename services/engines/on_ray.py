"""Batches made by the workers of a Ray cluster, each on one core of whatever machine has one free.

Plain actors (Moritz et al. 2018, arXiv:1712.05889): Ray begins another one where a machine is lost
and gives it the batch anew. Data travels by the folders that all of them see, not through Ray.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import secrets
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.engines import cluster
from services.engines.maker import Maker, What
from services.engines.orders import BatchAnswer, BatchOrder
from services.engines.worker import LIVES, Worker
from services.errors import OutputError, ProjectError
from services.work.progress import Progress

LOOK = 0.2  # seconds between two looks at whether the person left
PATIENCE = 10.0  # seconds that a worker has to end by itself
HERE = "127.0.0.1"
NOT_INSTALLED = "Ray is not installed here: pip install -r requirements-ray.txt."
# A cluster of one's own: only who has its token may use it, and its workers are not made to wait.
OWN = {
    "RAY_AUTH_MODE": "token",
    "RAY_worker_niceness": "0",
    "RAY_raylet_start_wait_time_s": "180",
    "RAY_USAGE_STATS_ENABLED": "0",
}


@dataclass(frozen=True)
class OnRay(Maker):
    """Workers of a cluster that take batch after batch.

    Attributes:
        command: starts a process that makes batches, on each machine the same.
        count: how many at most; 0 for as many as the cluster has cores.
        address: of a cluster that is there, such as `10.0.0.1:6379`; "" for one of this machine,
            which is begun for the purpose.
    """

    command: Sequence[str]
    count: int = 0
    address: str = ""

    def made(
        self, numbers: Sequence[int], what: What, progress: Progress
    ) -> Generator[int, None, None]:
        """See `Maker.made`; a worker that is lost costs the batch that it had.

        Raises:
            ProjectError: Ray is not installed, or there is no such cluster.
            OutputError: a batch cannot be written, or is made by no worker.
        """
        ray = _ray(self.address, self.count)
        most = self.count or int(ray.cluster_resources().get("CPU", 1))
        kind = ray.remote(
            num_cpus=1, max_restarts=LIVES, max_task_retries=LIVES, max_concurrency=2
        )(Worker)
        workers = [kind.remote(list(self.command), {}) for _ in range(min(most, len(numbers)))]
        try:
            yield from _handed_out(ray, workers, deque(numbers), what, progress)
        finally:
            ends = [worker.end.remote() for worker in workers]
            with suppress(Exception):  # of one that is lost already
                ray.wait(ends, num_returns=len(ends), timeout=PATIENCE)
            for worker in workers:
                ray.kill(worker)


def _handed_out(
    ray: Any,  # noqa: ANN401 - the module
    workers: Sequence[Any],
    todo: deque[int],
    what: What,
    progress: Progress,
) -> Generator[int, None, None]:
    free = deque(workers)
    under_way: dict[Any, Any] = {}
    while todo or under_way:
        progress.check()
        while free and todo:
            worker = free.popleft()
            under_way[worker.make.remote(BatchOrder(todo.popleft(), what).line())] = worker
        ready, _ = ray.wait(list(under_way), timeout=LOOK)
        for each in ready:
            free.append(under_way.pop(each))
            try:
                answer = ray.get(each)
            except ray.exceptions.RayError as error:
                raise OutputError(
                    "The workers of the cluster were lost again and again; its log has the reason."
                ) from error
            yield BatchAnswer.of(answer).made()


def require_ray(address: str) -> None:
    """Look whether there is a cluster to use, before anything is done for it.

    Raises:
        ProjectError: Ray is not installed, or there is no such cluster.
    """
    if importlib.util.find_spec("ray") is None:
        raise ProjectError(NOT_INSTALLED)
    if address and not cluster.answers(address):
        raise ProjectError(_missing(address))


def _ray(address: str, count: int) -> Any:  # noqa: ANN401 - the module
    """Ray, connected to a cluster."""
    if not address:
        for name, value in {**OWN, "RAY_AUTH_TOKEN": secrets.token_urlsafe(32)}.items():
            os.environ.setdefault(name, value)  # it looks once, when it is imported
    try:
        ray = importlib.import_module("ray")
    except ImportError as error:
        raise ProjectError(NOT_INSTALLED) from error
    if ray.is_initialized():
        return ray
    which: Mapping[str, Any] = {"address": address}
    if not address:
        which = {"num_cpus": count or os.cpu_count(), "_node_ip_address": HERE}
    try:
        ray.init(**which, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise ProjectError(
            _missing(address)
            if address
            else "Ray cannot be started on this machine; its log has the reason."
        ) from error
    return ray


def _missing(address: str) -> str:
    return (
        f"There is no Ray cluster at {address}; look whether its head is running, with the same "
        "version of Ray, and whether RAY_AUTH_TOKEN holds its token."
    )
