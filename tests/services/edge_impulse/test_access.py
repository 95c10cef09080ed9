import copy
import json
import logging
import pickle

import pytest

from services.edge_impulse.access import Access, ApiKey, redact_logs, without_keys
from services.edge_impulse.host import Host
from services.errors import ProjectError
from tests.services.edge_impulse.visits import refused

TEXT = "ei_0123456789abcdef-XYZ_0"
MISSING = "Type the project's API key; Studio shows it on Dashboard, Keys."
WRONG = (
    "That is no Edge Impulse API key: one begins with ei_ and has no spaces; "
    "copy it again in Studio on Dashboard, Keys."
)


@pytest.fixture
def factory():
    """The way records are made is put back."""
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


# ------------------------------------------------------------------------------------- the key


@pytest.mark.parametrize("text", [TEXT, f"  {TEXT}\n"])
def test_a_key_is_revealed_to_who_asks_for_it(text):
    assert ApiKey(text).reveal() == TEXT


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_no_key(text):
    assert refused(lambda: ApiKey(text), ProjectError) == MISSING


@pytest.mark.parametrize(
    "text",
    [
        "ei_",
        "ei-abc",
        "EI_abc",
        "abc",
        "ei_a b",
        "ei_a\nb",
        "ei_ä",
        f"my {TEXT}",
        "ei_" + "a" * 201,
        f"{TEXT}\r\nHost: evil",
    ],
)
def test_what_is_no_key_is_told_without_repeating_it(text):
    assert refused(lambda: ApiKey(text), ProjectError) == WRONG


def test_a_key_may_be_long():
    assert len(ApiKey("ei_" + "a" * 200).reveal()) == 203


@pytest.mark.parametrize("written", [repr, str, format, "{}".format, "%s".__mod__, "{!r}".format])
def test_a_key_has_no_readable_form(written):
    assert written(ApiKey(TEXT)) == "ApiKey(…)"
    assert written([ApiKey(TEXT)]) == "[ApiKey(…)]"


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_is_not_written_anywhere(copied):
    for holder in (ApiKey(TEXT), [ApiKey(TEXT)], Access(ApiKey(TEXT))):
        if copied is not copy.copy or isinstance(holder, ApiKey):
            with pytest.raises(TypeError, match="an API key is not written anywhere"):
                copied(holder)


def test_a_key_is_no_json_and_has_no_dictionary():
    with pytest.raises(TypeError):
        json.dumps(ApiKey(TEXT))
    with pytest.raises(TypeError):
        vars(ApiKey(TEXT))


def test_keys_are_equal_by_their_text():
    assert ApiKey(TEXT) == ApiKey(f" {TEXT}")
    assert ApiKey(TEXT) != ApiKey(f"{TEXT}1")
    assert ApiKey(TEXT) != TEXT
    assert len({ApiKey(TEXT), ApiKey(TEXT), ApiKey("ei_other")}) == 2


# ---------------------------------------------------------------------------------- fingerprints


def test_a_fingerprint_tells_keys_apart_and_says_nothing():
    mine = ApiKey(TEXT).fingerprint
    assert mine == ApiKey(TEXT).fingerprint
    assert mine != ApiKey(f"{TEXT}1").fingerprint
    assert len(mine) == 32
    assert TEXT not in mine


def test_a_fingerprint_cannot_be_worked_out_elsewhere(monkeypatch):
    from services.edge_impulse import access

    here = ApiKey(TEXT).fingerprint
    monkeypatch.setattr(access, "_PROCESS_SECRET", b"of another process")
    assert ApiKey(TEXT).fingerprint != here


def test_an_access_is_told_apart_by_key_and_host():
    mine = Access(ApiKey(TEXT))
    assert mine.host == Host("https://studio.edgeimpulse.com")
    others = [
        Access(ApiKey("ei_other")),
        Access(ApiKey(TEXT), Host("https://studio.acme.com")),
    ]
    assert len({access.fingerprint for access in [mine, *others]}) == 3
    assert Access(ApiKey(TEXT)).fingerprint == mine.fingerprint


def test_an_access_does_not_show_its_key():
    assert repr(Access(ApiKey(TEXT), Host("https://a.b"))) == (
        "Access(key=ApiKey(…), host=Host(origin='https://a.b', trusted=False), lent='')"
    )


# ------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"key {TEXT}.", "key ei_…."),
        (f"{TEXT},{TEXT}", "ei_…,ei_…"),
        (f"x-api-key={TEXT}&a=1", "x-api-key=ei_…&a=1"),
        (f"https://x/?k={TEXT}", "https://x/?k=ei_…"),
        (f"x-api-key%3D{TEXT}&a=1", "x-api-key%3Dei_…&a=1"),
        (f"_{TEXT}", "_ei_…"),
        ("no key, only ei_ and einer", "no key, only ei_ and einer"),
        ("", ""),
    ],
)
def test_keys_are_taken_out_of_a_text(text, left):
    assert without_keys(text) == left


# ------------------------------------------------------------------------------------------- logs


@pytest.mark.parametrize(
    ("message", "arguments", "said"),
    [
        (f"sent {TEXT}", (), "sent ei_…"),
        ("sent %s to %s", (TEXT, "you"), "sent ei_… to you"),
        ("sent %r", ([TEXT],), "sent ['ei_…']"),
        ("sent %(key)s", ({"key": TEXT},), "sent ei_…"),
        ("nothing of %s", ("it",), "nothing of it"),
    ],
)
@pytest.mark.parametrize("logger", ["urllib3.connectionpool", "services.work.job", "elsewhere"])
def test_no_log_has_a_key(factory, caplog, logger, message, arguments, said):
    redact_logs()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger(logger).debug(message, *arguments)
    (record,) = caplog.records
    assert record.getMessage() == said
    assert TEXT not in caplog.text
    assert TEXT not in str(vars(record))


def test_a_log_without_a_key_stays_as_it_is(factory, caplog):
    redact_logs()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").debug("%s of %d", "one", 2)
    (record,) = caplog.records
    assert (record.msg, record.args) == ("%s of %d", ("one", 2))


def test_no_logged_traceback_has_a_key(factory, caplog):
    redact_logs()
    try:
        try:
            raise KeyError(TEXT)
        except KeyError as error:
            raise ValueError("with") from error
    except ValueError:
        logging.getLogger("x").exception("it failed")
    assert TEXT not in caplog.text
    assert "KeyError: 'ei_…'" in caplog.text
    assert "ValueError: with" in caplog.text


def test_a_logged_traceback_without_a_key_stays_as_it_is(factory, caplog):
    redact_logs()
    try:
        raise KeyError("harmless")
    except KeyError:
        logging.getLogger("x").exception("it failed")
    assert caplog.records[0].exc_info[0] is KeyError
    assert "KeyError: 'harmless'" in caplog.text


def test_a_log_call_that_is_wrong_shows_no_key_either(factory, capsys):
    redact_logs()
    for message in ("%d keys", "%s and %s"):
        made = logging.getLogRecordFactory()("x", logging.INFO, "", 1, message, (TEXT,), None)
        logging.StreamHandler().handle(made)
    assert TEXT not in capsys.readouterr().err
