"""The log as JSON: one object a line, with what is being done and no secret."""

import json
import logging

import pytest

from services.edge_impulse.access import redact_logs
from services.log_context import log_about, log_hash, logging_about
from services.watching.json_log import JsonFormatter

KEY = "ei_" + "0123456789abcdef" * 4
PASSWORD = "correct-horse-battery"


@pytest.fixture
def line():
    """Gives what a call of a logger writes, read back."""
    factory = logging.getLogRecordFactory()
    redact_logs()
    lines = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(JsonFormatter([PASSWORD, "short"]))
    logger = logging.getLogger("tests.json_log")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)

    def written(log):
        log(logger)
        assert "\n" not in lines[-1]
        return lines[-1]

    yield written
    logger.removeHandler(handler)
    logging.setLogRecordFactory(factory)


def test_a_line_says_when_how_bad_and_what(line):
    told = json.loads(
        line(lambda log: log.warning("opened %s", "a\nb", extra={"seconds": 1.23456}))
    )
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "warning", "logger": "tests.json_log", "event": "opened a\nb", "seconds": 1.235,
    }  # fmt: skip


def test_a_line_says_what_was_being_done(line):
    with logging_about(page="explain", person="ab12"):
        with logging_about(job="7"):
            inner = json.loads(line(lambda log: log.info("a step")))
        outer = json.loads(line(lambda log: log.info("a step")))
    after = json.loads(line(lambda log: log.info("a step")))
    assert (inner["page"], inner["person"], inner["job"]) == ("explain", "ab12", "7")
    assert outer["page"] == "explain"
    assert "job" not in outer
    assert "page" not in after


def test_no_secret_is_written_whoever_logs_it(line):
    def fail(log):
        try:
            raise ValueError(f"header x-api-key: {KEY}, password {PASSWORD}")
        except ValueError:
            log.exception("it failed with %s and %s", KEY, PASSWORD)

    written = line(fail)
    assert "ValueError" in json.loads(written)["trace"]
    assert KEY not in written
    assert PASSWORD not in written


def test_a_short_word_is_no_secret_that_could_be_told_from_others(line):
    assert json.loads(line(lambda log: log.info("a short word")))["event"] == "a short word"


def test_a_hash_tells_people_apart_and_needs_the_servers_secret():
    ann, ben = log_hash("https://issuer:ann", "secret"), log_hash("https://issuer:ben", "secret")
    assert ann != ben
    assert ann == log_hash("https://issuer:ann", "secret")
    assert ann != log_hash("https://issuer:ann", "another")
    assert log_hash("", "secret") == ""


def test_what_is_said_of_this_thread_stays_until_it_is_said_anew(line):
    log_about(page="samples")
    try:
        assert json.loads(line(lambda log: log.info("a")))["page"] == "samples"
    finally:
        log_about(page="")
    assert "page" not in json.loads(line(lambda log: log.info("a")))
