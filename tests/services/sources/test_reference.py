import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcam import Color, Scaling
from services.errors import ProjectError
from services.sources.reference import SourceKind, SourceReference, parse_reference

references = st.builds(
    SourceReference,
    st.sampled_from(SourceKind),
    st.text(),
    st.none() | st.sampled_from(Scaling),
    st.none() | st.sampled_from(Color),
)


@settings(max_examples=300)
@given(references)
def test_what_was_written_is_read_back(reference):
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    "place",
    [
        "/home/me/my cars",
        "/a?b",
        "/100%",
        "/100%25",
        "/a#b&c=d",
        "C:\\cars",
        "/a:b",
        "/a+b",
        "/Chó",
    ],
)
def test_any_path_is_read_back(place):
    plain = SourceReference(SourceKind.FOLDER, place)
    chosen = SourceReference(SourceKind.FOLDER, place, Scaling.RAW, Color.BGR)
    assert parse_reference(str(plain)) == plain
    assert parse_reference(str(chosen)) == chosen


def test_a_reference_reads_as_its_kind_and_place():
    assert str(SourceReference(SourceKind.DEMO, "cars")) == "demo:cars"
    assert str(SourceReference(SourceKind.FOLDER, "/data/my cars")) == "folder:/data/my cars"


def test_different_places_are_written_differently():
    places = ["/a?scaling=torch", "/a", "/a%3Fscaling=torch", "/a ", "/A"]
    assert len({str(SourceReference(SourceKind.FOLDER, place)) for place in places}) == 5


def test_what_a_person_overrides_is_part_of_the_source():
    reference = SourceReference(SourceKind.DEMO, "cars").with_overrides(Scaling.TORCH, Color.BGR)
    assert str(reference) == "demo:cars?scaling=torch&color=bgr"
    assert reference.without_overrides() == SourceReference(SourceKind.DEMO, "cars")


@pytest.mark.parametrize(
    "text", ["", "cars", "ftp:cars", "demo:cars?scaling=wide", "demo:cars?color=pink"]
)
def test_a_link_that_names_no_source_is_told(text):
    with pytest.raises(ProjectError, match="names a project that cannot be understood"):
        parse_reference(text)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("12/1/7", "edge-impulse:12/1/7"),
        ("12/1/7/export", "edge-impulse:12/1/7/export"),
        ("http://localhost:4800/1/2/3", "edge-impulse:http%3A//localhost%3A4800/1/2/3"),
        ("http://[::1]:4800/1/2/3", "edge-impulse:http%3A//%5B%3A%3A1%5D%3A4800/1/2/3"),
    ],
)
def test_a_project_of_studio_is_named_by_its_place(place, text):
    reference = SourceReference(SourceKind.STUDIO, place)
    assert str(reference) == text
    assert parse_reference(text) == reference
    chosen = reference.with_overrides(Scaling.TORCH, None)
    assert parse_reference(str(chosen)) == chosen
