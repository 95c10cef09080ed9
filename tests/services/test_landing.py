"""Which view an opened project is shown in, and which ones somebody had open."""

from types import SimpleNamespace

import pytest

from services.choices.choices import STEPPED, Choices
from services.edge_impulse.place import StudioPlace
from services.landing import RECENT, linked_studio_place, view_of, with_recent
from services.sources.reference import SourceKind, SourceReference

LINK = Choices(source="folder:/gone", sample="a", alpha=0.7).having(verdict="Incorrect")
PLACE = StudioPlace("https://studio.edgeimpulse.com", 7, 1, 2)


def opened(kind=SourceKind.FOLDER, place=None, name="mine"):
    return SimpleNamespace(
        reference=SourceReference(kind, "x"),
        project=SimpleNamespace(name=name),
        studio=place and SimpleNamespace(place=place),
    )


def test_what_was_not_shown_keeps_the_view_of_its_link():
    view = view_of(LINK, "folder:/here", opened(), seen=False)
    assert view.to_query() == LINK.to_query() | {"source": "folder:/here"}


def test_another_project_keeps_only_how_it_is_drawn():
    view = view_of(LINK, "folder:/here", opened(), seen=True)
    assert view.to_query() == {"source": "folder:/here", "alpha": "0.7"}


@pytest.mark.parametrize(("number", "kept"), [(7, True), (8, False)])
def test_a_link_into_edge_impulse_is_of_its_own_project_alone(number, kept):
    link = LINK.having(source="edge-impulse:7/1/2")
    other = StudioPlace(PLACE.origin, number, 1, 2)
    view = view_of(link, "edge-impulse:9/1/2", opened(SourceKind.STUDIO, other), seen=False)
    assert ("sample" in view.to_query()) is kept


@pytest.mark.parametrize(
    ("source", "place"),
    [("edge-impulse:7/1/2", PLACE), ("edge-impulse:7", None), ("demo:cars", None), ("x", None)],
)
def test_the_place_of_a_link_in_edge_impulse(source, place):
    assert linked_studio_place(source) == place


def test_the_last_projects_are_kept_each_once_and_the_newest_last():
    recent = ()
    for number in [*range(RECENT + 2), 3]:
        recent = with_recent(recent, f"folder:/{number}", opened(name=str(number)))
    assert [each.name for each in recent] == ["2", "4", "5", "6", "7", "3"]
    assert {each.origin for each in recent} == {"folder"}
    assert with_recent((), "edge-impulse:7/1/2", opened(SourceKind.STUDIO))[0].origin == (
        "Edge Impulse"
    )


def test_a_step_is_what_a_person_does_and_no_slider():
    assert {"source", "network", "page", "sample", "layer", "method", "target", "view"} < set(
        STEPPED
    )
    assert {"verdict", "true_class", "facet", "finding", "mistakes_page"} < set(STEPPED)
    sliders = {"alpha", "percentile", "low", "high", "threshold", "sure", "auto", "shared_scale"}
    assert not sliders & set(STEPPED)
