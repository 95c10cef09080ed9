"""A step of opening that a person may go on without."""

import pytest
from streamlit.testing.v1 import AppTest

from services.errors import Skipped
from services.work.job import Job


def script(job):
    from components.frame.guard import _waiting

    _waiting(job)


def test_what_may_be_skipped_is_offered_beside_stop():
    job = Job()
    app = AppTest.from_function(script, kwargs={"job": job})
    assert [button.key for button in app.run().button] == ["stop_waiting"]
    with job.progress.skippable("Skip the check"):
        job.progress.begin("Trying 8 ways of scaling pictures", 64)
        offered = app.run().button(key="skip_step")
        assert offered.label == "Skip the check"
        offered.click().run()
        with pytest.raises(Skipped):
            job.progress.advance()
    assert not app.exception
