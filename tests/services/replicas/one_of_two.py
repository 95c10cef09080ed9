"""One of two processes that share a cache; it does what each line of its input says.

    python -m tests.services.replicas.one_of_two FOLDER NUMBER

The network is imitated, so that a process is ready in a moment. To each line it answers JSON.
"""

import hashlib
import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from gradcam.network import Forward
from services.export import batches, job, making
from services.export.background import Request
from services.export.whole import Whole
from services.opening.opening import Opened
from services.predictions.predictions import predict
from services.replicas.job_table import JobTable
from services.sample import Sample
from services.sources.reference import SourceKind, SourceReference
from services.work.asker import Asker
from services.work.one_process import OneProcess
from services.work.progress import Progress
from tests.services.edge_impulse.visits import connected, samples_of
from tests.services.export.crash import Imitation, explain
from tests.services.export.exports import plan_of
from tests.services.projects import project_of
from tests.waiting import PATIENCE

SAMPLES, BATCH = 24, 2
ANN = Asker("tab", "idp:ann", "Ann")


class Predicted:
    """Of predictions what an export asks before its network ran."""

    def __init__(self, project):
        self.project = project


class Answering(Imitation):
    """It predicts as well, and counts the pictures."""

    seen = 0

    def run(self, batch):
        self.seen += len(batch)
        means = batch[..., [2, 0]].mean(axis=(1, 2))
        return Forward(means.astype(np.float32), means.astype(np.float32))


class Heard(Progress):
    """Progress whose words are kept."""

    def __init__(self):
        super().__init__()
        self.said = []

    def say(self, name):
        super().say(name)
        self.said.append(name)


class Process:
    """What one of two can do.

    Attributes:
        batches: explained here so far.
        held: at which of them it stands still for ever, and says so; 0 for none.
    """

    def __init__(self, folder, number):
        self.number, self.batches, self.held = number, 0, 0
        self.network = Answering()
        paths = sorted(folder.glob("*/*.png"))
        samples = [Sample(f"{p.parent.name}/{p.name}", p, p.parent.name) for p in paths]
        self.project = project_of(self.network, samples)
        self.predicted = Predicted(self.project)
        making.BATCH_SIZE = BATCH
        job.report_html = lambda *_: "<time>now UTC</time>"
        batches.explain = self.explain
        self.workshop = OneProcess(elsewhere=JobTable(beat=0.1, stale=1.0))

    def explain(self, *given, **more):
        self.batches += 1
        if self.batches == self.held:
            answer({"held": self.held})
            threading.Event().wait()
        return explain(*given, **more)

    def request(self, alpha=0.4, owner=""):
        reference = SourceReference(SourceKind.FOLDER, "imitated")
        opened = Opened(reference, self.project, self.predicted, None)
        plan = plan_of("fine", alpha=alpha)
        return Request(opened, plan, self.project.samples, Whole(), 0, owner)

    def export(self):
        """The export that the other makes as well."""
        heard = Heard()
        made = self.request().make(heard)
        return {"batches": self.batches, "zip": _digest(made.zip), "said": heard.said}

    def exports(self):
        """Eleven, one after the other, each looked at when it is there."""
        requests = [
            self.request(0.01 * (n + 11 * self.number), f"idp:{self.number}") for n in range(11)
        ]
        return {"zips": [len(request.make(Progress()).zip.read_bytes()) for request in requests]}

    def predict(self):
        """The same samples as the other."""
        made = predict(self.project, Heard())
        return {"seen": self.network.seen, "outputs": made.outputs.tolist()}

    def studio(self, url):
        """The same project of Studio as the other."""
        content, _ = connected(SimpleNamespace(url=url))
        return {"files": sorted(_digest(each.path) for each in samples_of(content).values())}

    def ask(self, held="0"):
        """The same further export, by the workshop; ends when it is there."""
        self.held, self.batches = int(held), 0
        asked = self.workshop.ask(self.request(alpha=0.9), ANN)
        assert asked.wait(PATIENCE)
        return {"error": asked.error, "batches": self.batches, "zip": _digest(asked.result.zip)}


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def answer(said):
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    process = Process(Path(sys.argv[1]), int(sys.argv[2]))
    answer("ready")
    for line in sys.stdin:
        what, *more = line.split()
        answer(getattr(process, what)(*more))
