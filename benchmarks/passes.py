"""Methods of many passes against an earlier state: each in a process of its own, in turns."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.server_process import ROOT
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

DEMO = ROOT / "demo" / "cars" / "model.h5"
AT_MOST = {DEMO: 0.65}
OTHER_AT_MOST = 0.55  # of another small network
METHODS = ("rise", "occlusion", "score-cam", "ablation-cam", "lime", "smooth-grad",
           "integrated-gradients")  # fmt: skip
# Both states have to understand it; each line that it reads is a turn, of the method on the line.
CHILD = """
import sys, time
import numpy as np
import gradcam
from gradcam import truth
network = gradcam.load_network(sys.argv[1])
height, width = network.height or 224, network.width or 224
try:
    from services.opening.side_by_side import decide
    from services.work.progress import Progress
    decide(network, height, width, Progress())
except ImportError:
    pass
picture = np.random.default_rng(0).random((1, height, width, network.channels), np.float32)
raw = gradcam.explain(network, picture).maps[0]
print(getattr(network, "side_by_side", 1), flush=True)
for line in sys.stdin:
    name = line.strip()
    started, used = time.perf_counter(), time.process_time()
    if name == "curves":
        probe = gradcam.Probe(network, picture)
        truth.deletion(probe, 0, raw), truth.insertion(probe, 0, raw)
    else:
        gradcam.explain(network, picture, method=name)
    print(time.perf_counter() - started, time.process_time() - used, flush=True)
"""


@dataclass(frozen=True)
class Worker:
    """A process that has a network open.

    Attributes:
        process: to talk to.
        together: how many runs it has under way together.
    """

    process: subprocess.Popen[str]
    together: int

    def turn(self, method: str) -> tuple[float, float]:
        """Seconds of wall and of processor time of one method on one picture."""
        print(method, file=self.process.stdin, flush=True)
        wall, processor = self._line().split()
        return float(wall), float(processor)

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def working(network: Path, checkout: Path) -> Iterator[Worker]:
    """A process of a checkout with a network open; it ends with the block."""
    with TemporaryDirectory() as cache:
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(network)],
            cwd=checkout, env={**os.environ, "GRADCAM_CACHE": cache}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            yield Worker(process, int(process.stdout.readline()))
        finally:
            process.kill()
            process.wait()


def rows(effort: Effort, base: Path | None, others: tuple[Path, ...] = ()) -> Iterator[Row | Note]:
    """Every method of many passes on the demo's network, RISE on others.

    Args:
        effort: how often.
        base: a checkout of the earlier state; None for none.
        others: files of further small networks.
    """
    if base is None:
        yield Note("No earlier state to compare with: `--base FOLDER` names a checkout of one.")
        return
    for network in (DEMO, *others):
        with ExitStack() as stack:
            ours = stack.enter_context(working(network.resolve(), ROOT))
            before = stack.enter_context(working(network.resolve(), base.resolve()))
            for method in (*METHODS, "curves") if network == DEMO else ("rise",):
                pairs = _in_turns(ours, before, method, max(3, effort.pairs // 6))
                for number, clock in enumerate(("wall", "processor")):
                    a, b = ([each[side][number] for each in pairs] for side in (0, 1))
                    target = AT_MOST.get(network, OTHER_AT_MOST)
                    yield Row.of(
                        f"{method} on {network.parent.name}/{network.name} : before, {clock} time "
                        f"({np.median(a):.2f} : {np.median(b):.2f} s a picture, {ours.together} "
                        "under way)",
                        [x / y for x, y in zip(a, b, strict=True)],
                        at_most=target if (method, clock) == ("rise", "wall") else None,
                    )


def _in_turns(
    ours: Worker, before: Worker, method: str, count: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    ours.turn(method), before.turn(method)  # traced
    pairs = []
    for number in range(count):
        if number % 2:
            b, a = before.turn(method), ours.turn(method)
        else:
            a, b = ours.turn(method), before.turn(method)
        pairs.append((a, b))
    return pairs
