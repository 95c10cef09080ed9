"""Kills an export before each of its file operations, one after the other, and begins it again.

    python -m tests.services.export.crash FOLDER

The network is imitated, so that a process is ready in a moment and may be forked. An earlier export
lies in the output folder each time. Prints JSON: how many operations there are, and what was wrong
after which one.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from gradcam import Capture, Explanation, Layer, compute_maps
from gradcam.abilities import Fit
from gradcam.head import Head, Squash
from gradcam.told import Told
from services.export import batches, job, making
from services.export.job import export
from tests.services.export.exports import (
    RESULTS,
    SOURCE,
    files_of,
    packed,
    plan_of,
    prints_of,
    spotted,
)
from tests.services.projects import project_of

WRITING = os.O_WRONLY | os.O_RDWR
CHANGING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate"}
PLAN = plan_of("fine", shared_scale=True)


class Imitation:
    """A network that is none: red and blue are its two outputs."""

    name, digest, units, heads = "none.h5", "none", 2, (Head(Squash.SOFTMAX, 2),)
    is_folded = False
    told, arithmetic, arithmetics = Told(), None, ()

    def layer(self, name):
        return Layer("fine", "Conv2D", 8, 8, 2)

    def fit(self, what, *asks):
        return Fit()


def explain(network, batch, layer, targets, method, **_):
    seen = batch[..., [2, 0]]
    sums = np.exp(seen.mean(axis=(1, 2)) * 8)
    gradients = np.ones_like(seen) * np.array([-1, 1], np.float32)
    outputs = sums / sums.sum(axis=1, keepdims=True)
    maps = compute_maps(Capture(seen, gradients, outputs), method)
    return Explanation(maps, outputs, network.layer(layer))


class Counter:
    """Counts changes of files, and ends the process before the one with a number.

    `torn` has a file that would be written begun first, as if it came only half onto the disk.
    `opened` are the numbers of the changes that begin a file.
    """

    def __init__(self, last=0, *, torn=False):
        self.count, self.last, self.torn, self.opened = 0, last, torn, []
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if event == "open":
            path, _, flags = arguments
            if not (isinstance(flags, int) and flags & WRITING) or str(path).startswith("/dev"):
                return
        elif event not in CHANGING:
            return
        self.count += 1
        if event == "open":
            self.opened.append(self.count)
        if self.count == self.last:
            if self.torn and event == "open":
                self.last = 0
                with suppress(OSError):
                    os.write(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), b"half")
            os.kill(os.getpid(), signal.SIGKILL)


def apart(work):
    """Do something in a process of its own: its exit status, and what it gave."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        status = 1
        try:
            os.write(writer, json.dumps(work()).encode())
            status = 0
        except BaseException:  # noqa: BLE001 - told by the process that waits
            os.write(writer, json.dumps(traceback.format_exc()[-2000:]).encode())
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, json.loads(told) if told else None


def main(folder):
    making.BATCH_SIZE = 2
    batches.explain = explain
    # The report takes its time, and is one file among others; it has a date.
    job.report_html = lambda *_: "<time>now UTC</time>"
    project = project_of(Imitation(), spotted(folder / "data", 5)[2:])

    def exported(output, plan=PLAN, last=0, *, torn=False):
        counter = Counter(last, torn=torn)
        export(project, plan, project.samples, output, SOURCE)
        return counter.count, counter.opened

    old, new = folder / "old", folder / "new"
    apart(lambda: exported(old, replace(PLAN, alpha=0.9)))
    shutil.copytree(old, new)
    status, told = apart(lambda: exported(new))
    assert status == 0, told
    count, opened = told
    expected = prints_of(new)
    assert expected != prints_of(old)
    wrong = []
    whole = [(last, False) for last in range(1, count + 1)]
    for last, torn in [*whole, *((last, True) for last in opened)]:
        output = folder / f"{last}-{torn}"
        shutil.copytree(old, output)
        status, told = apart(lambda: exported(output, last=last, torn=torn))  # noqa: B023
        problems = [] if status == -signal.SIGKILL else [f"not killed: {told}"]
        problems += in_between(output)
        status, told = apart(lambda: exported(output))  # noqa: B023
        problems += [f"the restart failed: {told}"] if status else []
        if not problems and prints_of(output) != expected:
            problems.append("the restart gave something else")
        if not problems and {path.name for path in output.iterdir()} != set(RESULTS):
            problems.append(f"something stays: {sorted(path.name for path in output.iterdir())}")
        wrong += [f"{last} {'torn ' if torn else ''}{problem}" for problem in problems]
        shutil.rmtree(output)
    print(json.dumps({"operations": count, "written": len(opened), "wrong": wrong}))


def in_between(output):
    """What is wrong with the output of an export that was killed: a zip of other files."""
    if not (output / "deploy.zip").exists():
        return []
    beside = {n: body for n, body in files_of(output).items() if not n.startswith(".")}
    return [] if packed(output) == beside else ["the zip holds other files than lie beside it"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
