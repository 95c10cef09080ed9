"""Having things made as the pages do."""

from services.work.one_process import OneProcess

LONG = 120  # seconds that no test reaches
WHO = "somebody"


def had(asked, workshop=None):
    """The job that made it, ended in whatever way."""
    job = (workshop or OneProcess()).ask(asked, WHO)
    assert job.wait(LONG)
    return job
