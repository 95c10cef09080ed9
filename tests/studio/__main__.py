"""Serve the demo projects as Studio would, for trying the dashboard without an account."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.studio.demo import demo_project
from tests.studio.made import anomaly_project, object_project, sound_project
from tests.studio.project import StudioProject
from tests.studio.server import Studio, running_studio

PORT = 4800  # where a Studio on one's own machine listens
POLLS = 3  # long enough to see a job at work
DEMOS = {"cars": ("cars",), "gauge": ("gauge",), "both": ("cars", "gauge")}
MADE = (sound_project, object_project, anomaly_project)  # beside the demos


def main() -> int:
    """Serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.studio", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--demo", choices=(*DEMOS, "all"), default="both")
    asked = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    demos = DEMOS.get(asked.demo, DEMOS["both"])
    projects = [demo_project(name, at) for at, name in enumerate(demos, start=1)]
    if asked.demo == "all":
        projects += [make() for make in MADE]
    for project in projects:
        project.polls = POLLS
    try:
        with running_studio(*projects, port=asked.port) as studio:
            _say(_welcome(studio, projects))
            stopped.wait()
    except OSError as error:
        _say(f"Port {asked.port} cannot be used ({error.strerror}); try --port {asked.port + 10}.")
        return 1
    return 0


def _welcome(studio: Studio, projects: list[StudioProject]) -> str:
    keys = [f"  {project.name:<16} {key}" for project in projects for key in project.keys]
    return "\n".join([
        f"An imitation of Edge Impulse Studio answers at {studio.url}",
        f"(exports are fetched from {studio.storage_url})",
        "",
        "Projects and their API keys:",
        *keys,
        "",
        "Start the dashboard in a second terminal:",
        f"  GRADCAM_STUDIO_HOSTS={studio.url} make run",
        "Open a project from Edge Impulse there: type in a key and, under “Advanced”, the host",
        f"  {studio.url}",
        "",
        "Ctrl-C stops it.",
    ])  # fmt: skip


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
