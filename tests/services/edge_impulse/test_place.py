import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.edge_impulse.host import PUBLIC
from services.edge_impulse.place import StudioPlace, Way, parse_place
from services.errors import ProjectError
from tests.services.edge_impulse.visits import refused

numbers = st.integers(0, 10**12 - 1)
origins = st.sampled_from([PUBLIC, "https://studio.acme.com:8443", "http://[::1]:4800"])


@given(st.builds(StudioPlace, origins, numbers, numbers, numbers, st.sampled_from(Way)))
def test_what_was_written_is_read_back(place):
    assert parse_place(str(place)) == place


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (StudioPlace(PUBLIC, 12, 1, 7), "12/1/7"),
        (StudioPlace(PUBLIC, 12, 1, 7, Way.EXPORT), "12/1/7/export"),
        (StudioPlace("http://localhost:4800", 1, 2, 3), "http://localhost:4800/1/2/3"),
        (StudioPlace("https://a.b", 1, 2, 3, Way.EXPORT), "https://a.b/1/2/3/export"),
    ],
)
def test_a_place_reads_as_numbers_after_its_studio(place, text):
    assert str(place) == text
    assert parse_place(text) == place


def test_the_usual_way_may_be_written_out():
    assert parse_place("1/2/3/samples") == StudioPlace(PUBLIC, 1, 2, 3, Way.SAMPLES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1/2",
        "1/2/3/",
        "1/2/3/4/5",
        "1/2/3/wav",
        "a/b/c",
        "-1/2/3",
        "1/2/3 ",
        "1234567890123/1/1",
        "ftp://a.b/1/2/3",
        "https://me@a.b/1/2/3",
        "https://a.b/x/1/2/3",
        "https://a.b?q/1/2/3",
        "1/2/../3",
    ],
)
def test_a_link_that_names_no_place_is_told(text):
    assert refused(lambda: parse_place(text), ProjectError) == (
        "The link names no Edge Impulse project that can be understood; "
        "connect with its API key on the Project page."
    )
