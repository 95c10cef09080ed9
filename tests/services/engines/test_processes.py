"""Processes that make batches: each batch once, whatever becomes of a process."""

import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from services.engines.orders import BatchAnswer, BatchOrder
from services.engines.processes import Processes
from services.engines.worker import LIVES
from services.errors import Cancelled, OutputError
from services.work.progress import Progress

# Notes each order in a folder, and then does what its line of Python says.
WORKER = """
import json, os, sys, threading
from pathlib import Path

folder = Path(sys.argv[1])
for line in sys.stdin:
    order = json.loads(line)
    number = order["number"]
    tries = len(list(folder.glob(f"{number}-*")))
    (folder / f"{number}-{os.getpid()}").write_text(json.dumps([order, dict(os.environ)]))
    {does}
    print(json.dumps({"number": number, "error": ""}), flush=True)
"""


def processes(folder, does="pass", count=2):
    script = WORKER.replace("{does}", does)
    return Processes((sys.executable, "-c", script, str(folder)), count, {"KEY": "ei_1"})


def made(workers, count=7, what=None, progress=None):
    with closing(workers.made(range(count), what or {}, progress or Progress())) as coming:
        return sorted(coming)


def noted(folder):
    return [json.loads(path.read_text()) for path in sorted(folder.iterdir())]


def test_each_batch_is_made_once_by_processes_of_one_thread(tmp_path):
    assert made(processes(tmp_path), what={"drawing": False, "scale": 0.1 + 0.2}) == list(range(7))
    orders, surroundings = zip(*noted(tmp_path), strict=True)
    assert [order["number"] for order in orders] == list(range(7))
    assert {tuple(order["what"].values()) for order in orders} == {(False, 0.1 + 0.2)}
    assert {each["TF_NUM_INTRAOP_THREADS"] for each in surroundings} == {"1"}
    assert {each["KEY"] for each in surroundings} == {"ei_1"}


def test_there_are_no_more_processes_than_batches_and_no_more_than_asked(tmp_path):
    made(processes(tmp_path, count=5), count=2)
    assert 1 <= len({path.name.partition("-")[2] for path in tmp_path.iterdir()}) <= 2


def test_a_process_that_ends_costs_the_batch_that_it_had(tmp_path):
    assert made(processes(tmp_path, "if number == 3 and not tries: os._exit(9)")) == list(range(7))
    tried = [path.name.partition("-")[0] for path in tmp_path.iterdir()]
    assert sorted(tried) == ["0", "1", "2", "3", "3", "4", "5", "6"]


def test_a_batch_that_ends_every_process_is_told(tmp_path):
    with pytest.raises(OutputError) as refusal:
        made(processes(tmp_path, "if number == 3: os._exit(9)"))
    assert str(refusal.value) == (
        f"{LIVES} processes ended while they made batch 4; the machine may lack memory for so "
        "many: give fewer --workers."
    )
    assert len(list(tmp_path.glob("3-*"))) == LIVES


def test_what_a_process_cannot_do_is_told_in_its_words(tmp_path):
    does = 'print(json.dumps({"number": None, "error": "No such layer."}), flush=True); continue'
    with pytest.raises(OutputError, match=r"^No such layer\.$"):
        made(processes(tmp_path, does))


def test_who_leaves_ends_the_processes(tmp_path):
    progress = Progress()
    waiting = processes(tmp_path, "if number: threading.Event().wait()")
    with closing(waiting.made(range(3), {}, progress)) as coming:
        assert next(coming) == 0
        progress.cancel()
        with pytest.raises(Cancelled):
            next(coming)
    begun = {int(path.name.partition("-")[2]) for path in tmp_path.iterdir()}
    assert not any(Path(f"/proc/{each}").exists() for each in begun)


def test_a_command_that_is_none_is_told():
    with pytest.raises(OutputError, match="No process can be started to make batches"):
        made(Processes(("/nowhere",), 2, {}))


def test_what_is_said_is_what_is_heard():
    order = BatchOrder(7, {"drawing": True, "scale": 1 / 3})
    assert BatchOrder.of(order.line()) == order
    assert BatchAnswer.of(BatchAnswer(None, "a\nb").line()) == BatchAnswer(None, "a\nb")
    assert order.line().count("\n") == 1
