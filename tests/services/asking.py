"""Having things made as the pages do."""

from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.waiting import PATIENCE

WHO = Asker("somebody")


def had(asked, workshop=None):
    """The job that made it, ended in whatever way."""
    job = (workshop or OneProcess()).ask(asked, WHO)
    assert job.wait(PATIENCE)
    return job
