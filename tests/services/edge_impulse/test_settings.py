import pytest

from services.settings import settings


def read(monkeypatch, **environment):
    for name in ("GRADCAM_STUDIO_HOSTS", "GRADCAM_STUDIO_TIMEOUT", "GRADCAM_STUDIO_POLL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return settings()


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ()),
        ("acme.com", ("acme.com",)),
        (" acme.com , *,,localhost:4800 ", ("acme.com", "*", "localhost:4800")),
    ],
)
def test_the_owner_names_hosts_beside_the_public_one(monkeypatch, text, hosts):
    assert read(monkeypatch, GRADCAM_STUDIO_HOSTS=text).studio_hosts == hosts


def test_without_a_word_there_is_the_public_studio_only(monkeypatch):
    found = read(monkeypatch)
    assert (found.studio_hosts, found.studio_timeout, found.studio_poll) == ((), 30.0, 3.0)


def test_studio_gets_the_time_that_the_owner_gives(monkeypatch):
    found = read(monkeypatch, GRADCAM_STUDIO_TIMEOUT="2.5", GRADCAM_STUDIO_POLL="0.5")
    assert (found.studio_timeout, found.studio_poll) == (2.5, 0.5)
