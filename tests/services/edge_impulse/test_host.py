import pytest

from services.edge_impulse.host import PUBLIC, Host, find_host, known_hosts, origin_of
from services.errors import ProjectError
from tests.services.edge_impulse.visits import refused

UNREADABLE = "The host cannot be read; write for example studio.edgeimpulse.com."


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("", PUBLIC),
        ("  ", PUBLIC),
        ("studio.edgeimpulse.com", PUBLIC),
        ("edgeimpulse.com", PUBLIC),
        ("https://studio.edgeimpulse.com", PUBLIC),
        ("https://studio.edgeimpulse.com/", PUBLIC),
        ("https://studio.edgeimpulse.com/v1", PUBLIC),
        ("https://studio.edgeimpulse.com/v1/", PUBLIC),
        ("studio.edgeimpulse.com/v1", PUBLIC),
        (" HTTPS://Studio.EdgeImpulse.COM:443/v1 ", PUBLIC),
        ("http://studio.edgeimpulse.com", "http://studio.edgeimpulse.com"),
        ("acme.com", "https://studio.acme.com"),
        ("studio.acme.com", "https://studio.acme.com"),
        ("acme.com:8443", "https://studio.acme.com:8443"),
        ("acme.com:443", "https://studio.acme.com"),
        ("https://ml.acme.com", "https://ml.acme.com"),
        ("https://ml.acme.com:8443/v1", "https://ml.acme.com:8443"),
        ("http://ml.acme.com:80", "http://ml.acme.com"),
        ("http://ml.acme.com:443", "http://ml.acme.com:443"),
        ("https://ml.acme.com:80", "https://ml.acme.com:80"),
        ("localhost", "http://localhost:4800"),
        ("localhost:5000", "http://localhost:5000"),
        ("LOCALHOST/v1", "http://localhost:4800"),
        ("https://localhost", "https://localhost"),
        ("192.168.1.5", "http://192.168.1.5:4800"),
        ("192.168.1.5:80", "http://192.168.1.5:80"),
        ("http://192.168.1.5", "http://192.168.1.5"),
        ("[::1]", "http://[::1]:4800"),
        ("[::1]:99", "http://[::1]:99"),
        ("https://[FD00::1]:8443/v1", "https://[fd00::1]:8443"),
        ("pi.local", "http://pi.local:4800"),
        ("127.1", "https://studio.127.1"),
    ],
)
def test_a_host_is_understood_as_people_spell_it(text, origin):
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "ftp://acme.com",
        "https://",
        "//",
        "me@acme.com",
        "https://me:secret@acme.com",
        "two words",
        "https://acme.com:99999",
        "acme.com:port",
        "[::1",
        "-acme.com",
        "acme.com.",
        "acme_corp.com",
        "bücher.example",
        "acme.com\\@evil.com",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_host_is_told(text):
    assert refused(lambda: origin_of(text), ProjectError) == UNREADABLE
    assert refused(lambda: find_host(text, ["*"]), ProjectError) == UNREADABLE


def test_the_public_studio_needs_no_permission():
    assert find_host("") == Host(PUBLIC, trusted=False)
    assert find_host("edgeimpulse.com", ["acme.com"]) == Host(PUBLIC, trusted=False)


@pytest.mark.parametrize(
    "named",
    ["acme.com", "studio.acme.com", "https://studio.acme.com", "HTTPS://studio.acme.com/v1"],
)
@pytest.mark.parametrize("text", ["acme.com", "https://studio.acme.com/v1/"])
def test_a_host_that_the_owner_names_is_trusted_in_any_spelling(text, named):
    allowed = ["other.com", named]
    assert find_host(text, allowed) == Host("https://studio.acme.com", trusted=True)


@pytest.mark.parametrize("text", ["127.0.0.1:4801", "http://127.0.0.1:4801/v1"])
def test_only_a_named_host_may_speak_plain_http(text):
    assert find_host(text, ["127.0.0.1:4801"]) == Host("http://127.0.0.1:4801", trusted=True)
    for allowed in ([], ["*"], ["127.0.0.1"], ["https://127.0.0.1:4801"]):
        assert refused(lambda allowed=allowed: find_host(text, allowed)) == (
            "This dashboard may not connect to http://127.0.0.1:4801; its owner can allow that "
            "with GRADCAM_STUDIO_HOSTS=http://127.0.0.1:4801."
        )


def test_a_star_allows_any_host_but_trusts_none():
    assert find_host("acme.com", ["*"]) == Host("https://studio.acme.com", trusted=False)
    assert find_host("https://10.0.0.1", ["*"]) == Host("https://10.0.0.1", trusted=False)
    assert find_host("acme.com", ["*", "acme.com"]).trusted


def test_other_hosts_are_refused_with_what_the_owner_can_write():
    sentence = (
        "This dashboard may not connect to https://studio.acme.com; its owner can allow that "
        "with GRADCAM_STUDIO_HOSTS=https://studio.acme.com."
    )
    assert refused(lambda: find_host("acme.com")) == sentence
    assert refused(lambda: find_host("acme.com", ["acme.org", "acme.com:8443"])) == sentence
    found = find_host("acme.com", [sentence.partition("=")[2].rstrip(".")])
    assert found.origin == "https://studio.acme.com"


def test_the_public_studio_is_not_spoken_to_in_plain_http():
    assert "may not connect to http://studio.edgeimpulse.com" in refused(
        lambda: find_host("http://studio.edgeimpulse.com", ["*"])
    )


def test_a_host_that_the_owner_misspelt_locks_nobody_out():
    assert find_host("", ["two words", "acme.com"]).origin == PUBLIC
    assert find_host("acme.com", ["two words", "acme.com"]).trusted


def test_the_known_hosts_begin_with_the_public_one(caplog):
    named = ["acme.com", "*", "two words", "https://studio.acme.com/v1", "localhost"]
    assert known_hosts(named) == [PUBLIC, "https://studio.acme.com", "http://localhost:4800"]
    assert known_hosts([]) == [PUBLIC]
    assert "GRADCAM_STUDIO_HOSTS names 'two words'" in caplog.text


def test_the_public_studio_may_be_named():
    for named in ("studio.edgeimpulse.com", "edgeimpulse.com", PUBLIC):
        assert find_host("", ["acme.com", named]) == Host(PUBLIC, trusted=True)
