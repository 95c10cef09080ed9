from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcam import Color, Scaling
from services.errors import ProjectError
from services.media.input_options import INPUT_OPTIONS
from services.sources.reference import SourceKind, SourceReference, parse_reference

overrides = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(option.values) if option.values else st.text(min_size=1)
        for name, option in INPUT_OPTIONS.items()
    },
)
references = st.builds(
    lambda kind, place, chosen: SourceReference(kind, place).with_overrides(chosen),
    st.sampled_from(SourceKind),
    st.text(),
    overrides,
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
    chosen = plain.with_overrides({"scaling": Scaling.RAW, "color": Color.BGR})
    assert parse_reference(str(plain)) == plain
    assert parse_reference(str(chosen)) == chosen


def test_a_reference_reads_as_its_kind_and_place():
    assert str(SourceReference(SourceKind.DEMO, "cars")) == "demo:cars"
    assert str(SourceReference(SourceKind.FOLDER, "/data/my cars")) == "folder:/data/my cars"


def test_different_places_are_written_differently():
    places = ["/a?scaling=torch", "/a", "/a%3Fscaling=torch", "/a ", "/A"]
    assert len({str(SourceReference(SourceKind.FOLDER, place)) for place in places}) == 5


def test_what_a_person_overrides_is_part_of_the_source():
    overrides = {"color": Color.BGR, "scaling": Scaling.TORCH}
    reference = SourceReference(SourceKind.DEMO, "cars").with_overrides(overrides)
    assert str(reference) == "demo:cars?scaling=torch&color=bgr"
    assert reference.without_overrides() == SourceReference(SourceKind.DEMO, "cars")


def test_a_link_of_before_opens_what_it_opened():
    """These were written by the first versions, and lie in people's mails."""
    chosen = {"scaling": "torch", "color": "bgr"}
    link = "demo:cars?scaling=torch&color=bgr&check=1"
    assert parse_reference(link).overrides == chosen
    assert parse_reference(link).check
    assert str(parse_reference(link)) == link
    assert parse_reference("demo:cars?scaling=0..255").overrides == {"scaling": "0..255"}
    assert parse_reference("demo:cars?color=rgb&loud=1").overrides == {"color": "rgb"}


def test_everything_that_can_be_chosen_of_the_input_travels_in_the_link():
    link = (
        "demo:cars?scaling=mean-and-deviation&resize_method=plain-bilinear&exif=ignored"
        "&mean=0.5%2C+0.4%2C+0.3&deviation=0.2"
    )
    reference = parse_reference(link)
    assert dict(reference.overrides) == {
        "scaling": "mean-and-deviation",
        "resize_method": "plain-bilinear",
        "exif": "ignored",
        "mean": "0.5, 0.4, 0.3",
        "deviation": "0.2",
    }
    assert str(reference) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cars",
        "ftp:cars",
        "demo:cars?scaling=wide",
        "demo:cars?color=pink",
        "demo:cars?exif=maybe",
    ],
)
def test_a_link_that_names_no_source_is_told(text):
    with pytest.raises(ProjectError, match="names no project: its source begins with demo"):
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
    chosen = reference.with_overrides({"scaling": Scaling.TORCH})
    assert parse_reference(str(chosen)) == chosen


def test_what_a_person_took_of_several_is_part_of_the_source():
    reference = SourceReference(SourceKind.FOLDER, "/my cars").picking(split="data/Test & more")
    assert str(reference) == "folder:/my cars?split=data%2FTest+%26+more"
    both = replace(reference.picking(model="a=b.h5"), check=True)
    assert parse_reference(str(both)) == both
    assert both.without_overrides() == reference.picking(model="a=b.h5")
    assert reference.picking(split="") == SourceReference(SourceKind.FOLDER, "/my cars")


def test_the_names_that_a_person_took_are_part_of_the_source():
    named = SourceReference(SourceKind.FOLDER, "/cars").picking(classes="imagenet")
    assert str(named) == "folder:/cars?classes=imagenet"
    assert parse_reference(str(named)) == named


def test_picks_are_written_in_one_order():
    source = SourceReference(SourceKind.FOLDER, "/x")
    assert source.picking(model="m", split="s") == source.picking(split="s").picking(model="m")
