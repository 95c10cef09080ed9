"""The admin key is nowhere once a run has ended: every text that it leaves is searched for it."""

import gc
import logging
import pickle
import threading

import pytest

from services.edge_impulse.access import ApiKey
from services.settings import settings
from services.work.asker import Asker
from services.work.one_process import OneProcess
from services.writing_back.writing import WritingBack
from tests.services.edge_impulse.test_secrets import NEEDLE, SECRET, clean, written
from tests.services.writing_back.giving import Giving
from tests.studio import Action, Fault, Role
from tests.waiting import PATIENCE

__all__ = ["written"]  # a fixture
ECHO = f"Not for {SECRET}"


@pytest.fixture
def giving(studio, project):
    project.keys[SECRET] = Role.ADMIN
    return Giving(studio)


@pytest.fixture
def plan(giving, project):
    return giving.look({item.id: "bus" for item in project.listed()[:2]}, classes=("bus",))


def search(studio, written):
    for folder in (settings().cache, settings().notes):
        for path in folder.rglob("*"):
            clean(str(path))
            if path.is_file():
                assert NEEDLE.encode() not in path.read_bytes()
    for request in studio.log:
        clean(request.path, str(request.query))
    clean(written.getvalue())


@pytest.fixture
def unlogged():
    """pytest keeps what is logged, errors with their frames."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def keys_alive():
    """The keys that somebody still holds once the jobs' threads have ended."""
    for thread in threading.enumerate():
        if thread.name == "job":
            thread.join(PATIENCE)
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, ApiKey) and SECRET in each._text]


FAULTS = {
    "well": None,
    "refused": Fault(Action.REFUSE, "/raw-data/*/edit-label", times=None, text=ECHO),
    "key refused": Fault(Action.REFUSE, "/projects/api-key-info", text=ECHO),
    "dropped": Fault(Action.DROP, "/raw-data/*/metadata", times=None),
    "server error": Fault(Action.SERVER_ERROR, "/raw-data/*/edit-label", times=None, text=ECHO),
}


def ended(giving, plan):
    job = OneProcess().ask(WritingBack(plan, giving.access(SECRET), giving.person), Asker("a tab"))
    assert job.wait(PATIENCE)
    return job


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_run_leaves_no_text_with_the_key(giving, studio, plan, written, fault):
    if fault:
        studio.faults.add(fault)
    job = ended(giving, plan)
    clean(str(job), str(vars(job)), str(job.result), str(job.error), str(job.progress.step))
    search(studio, written)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_after_a_run_nobody_holds_the_key(giving, studio, plan, unlogged, fault):
    if fault:
        studio.faults.add(fault)
    job = ended(giving, plan)
    assert keys_alive() == []
    assert job.done


def test_nobody_can_read_the_key_of_a_run_under_way(giving, plan):
    asked = WritingBack(plan, giving.access(SECRET), giving.person)
    clean(repr(asked), str(asked), asked.digest)
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(asked)


def test_after_a_stopped_run_nobody_holds_the_key(giving, studio, plan, unlogged):
    studio.faults.add(Fault(Action.TOO_MANY, "/raw-data/*/metadata", times=None, retry_after=30))
    workshop, who = OneProcess(), Asker("a tab")
    job = workshop.ask(WritingBack(plan, giving.access(SECRET), giving.person), who)
    studio.wait_for(lambda: studio.count("/raw-data/*/metadata") >= 1)
    workshop.leave(job, who)
    assert job.wait(PATIENCE)
    assert job.cancelled
    assert keys_alive() == []
