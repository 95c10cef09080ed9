"""What the hottest colour stands for is one control, whatever a link says of its two parts."""

import pytest

from services.choices.recipe import percentile_said
from tests.components.visiting import on_page


def scale_of(app):
    (scale,) = [each for each in app.selectbox if each.label == "Scale"]
    return scale


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({}, "maximum"),
        ({"percentile": "97"}, "97th percentile"),
        ({"percentile": "93.5"}, "93.5th percentile"),
        ({"percentile": "97", "normalization": "simple"}, "maximum"),
    ],
)
def test_a_link_sets_the_one_scale(numpy_app, link, said):
    page = on_page(numpy_app(**link), "explain")
    scale = scale_of(page)
    assert scale.options[scale.index] == said
    assert "normalization" not in {each.key for each in page.button_group}
    assert not [each for each in page.slider if each.label == "Percentile"]


def test_what_is_chosen_counts_even_where_the_link_divided_by_the_maximum(numpy_app):
    page = on_page(numpy_app(percentile="97", normalization="simple"), "explain")
    scale_of(page).set_value(95.0)
    page.run()  # of what shows the scale alone
    assert page.query_params["percentile"] == "95"
    page.run()
    assert scale_of(page).value == 95.0
    assert page.query_params["percentile"] == "95"
    assert "normalization" not in page.query_params


@pytest.mark.parametrize(
    ("percentile", "said"),
    [(100.0, "maximum"), (99.0, "99th percentile"), (92.0, "92nd percentile"),
     (91.0, "91st percentile"), (99.5, "99.5th percentile")],
)  # fmt: skip
def test_a_percentile_is_said_as_engineers_write_it(percentile, said):
    assert percentile_said(percentile) == said
