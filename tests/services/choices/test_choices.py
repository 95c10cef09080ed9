from dataclasses import replace
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcam import GRAD_CAM, METHODS, Arithmetic, Colormap, Normalization, Pooling, Target
from services.choices.choices import (
    DRAWING,
    FILTERS,
    FLAT,
    Choices,
    OverlaySize,
    Scope,
    Tiles,
)
from services.choices.filter import SPANS, Flipped, Verdict
from services.choices.options import (
    ChannelSort,
    Counting,
    DrawnBy,
    KernelSort,
    LayersView,
    Reduction,
    Share,
)
from services.choices.recipe import Recipe
from services.media.sound.masking import Filling
from services.notes.passing import Flagged, Reviewed
from services.tasks.flips import Flip
from services.tasks.shown import By
from services.tasks.targets import Sight

FINITE = st.floats(allow_nan=False, allow_infinity=False)
NARROW = {
    "low": st.integers(0, 100),
    "high": st.integers(0, 100),
    "page": st.integers(1, 10**6),
    "part": st.integers(-1, 10**6),
    "sure": st.integers(0, 100),
    "mistakes_page": st.integers(1, 10**6),
    "bins": st.integers(2, 50),
    "percentile": st.floats(50, 100),
    "alpha": st.floats(0, 1),
    "threshold": st.none() | st.floats(0, 1e12),
    "layer_rows": st.integers(1, 8),
    "channels_shown": st.integers(0, 10**6),
    "channel": st.integers(-1, 10**6),
    "filter_input": st.integers(-1, 10**6),
    "method": st.sampled_from(list(METHODS.values())),
    "method_settings": st.just(""),
    "points": st.integers(100, 10**6),
    "perplexity": st.integers(2, 100),
    "umap_neighbours": st.integers(2, 100),
    "seed": st.integers(0, 2**32 - 1),
    "neighbours": st.integers(1, 30),
    "order_seed": st.integers(0, 2**32 - 1),
    "tile_size": st.integers(80, 320),
    "heard_share": st.integers(5, 50),
    **dict.fromkeys((end for span in SPANS[1:] for end in span), st.none() | FINITE),
}


def of_kind(choice):
    values = {bool: st.booleans(), str: st.text()}
    if issubclass(choice.kind, StrEnum):
        values[choice.kind] = st.sampled_from(choice.kind)
    return values[choice.kind] | st.none() if choice.default is None else values[choice.kind]


def any_value(parameter):
    if parameter.options:
        return st.sampled_from(parameter.options)
    if isinstance(parameter.default, int):
        return st.integers(int(parameter.low), int(parameter.high))
    return st.floats(parameter.low, parameter.high)


@st.composite
def any_choices(draw):
    kinds = {name: of_kind(choice) for name, choice in FLAT.items() if name not in NARROW}
    one = Choices().having(**draw(st.fixed_dictionaries({**kinds, **NARROW})))
    method = one.recipe.method
    values = {p.name: any_value(p) for p in method.parameters}
    settings = method.write_settings(draw(st.fixed_dictionaries({}, optional=values)))
    return replace(one, filter=one.filter.upright()).having(method_settings=settings)


def test_a_link_with_the_ends_of_the_range_swapped_is_read_the_right_way_round():
    adopted = Choices().adopting({"low": "80", "high": "20"})
    assert (adopted.filter.low, adopted.filter.high) == (20, 80)


# One value for each field that is not its default.
OTHERS = Choices().having(
    source="folder:/my cars",
    verdict=Verdict.CORRECT,
    true_class="car",
    predicted_class="no car",
    object_verdict="missed",
    low=10,
    high=90,
    text="night",
    sort="By name",
    page=3,
    tiles=Tiles.OVERLAY,
    sample="car/a b.png",
    part=2,
    by_part=True,
    network="other.h5",
    arithmetic=Arithmetic.MICROCONTROLLER,
    layer="base/conv",
    method=METHODS["rise"],
    method_settings="masks=80,seed=3",
    target="=car",
    against="second",
    view="Methods side by side",
    compare="lime,rise",
    auto=True,
    pooling=Pooling.SUM_ABS,
    normalization=Normalization.SIMPLE,
    percentile=95.5,
    shared_scale=True,
    alpha=0.7,
    colormap=Colormap.TURBO,
    changes=True,
    flipped=Flipped.MENDED,
    threshold=0.25,
    by=By.PREDICTED,
    review_class="car",
    layers_view=LayersView.KERNELS,
    layer_rows=3,
    channel_sort=ChannelSort.NUMBER,
    filter_sort=KernelSort.DEVIATION,
    channels_shown=64,
    channel=7,
    on_picture=True,
    filter_input=2,
    facet="By picture",
    counting=Counting.RATES,
    which="Unsure but right",
    sure=70,
    mistakes_page=2,
    bins=15,
    drawing=DrawnBy.SERVER,
    within="mistakes",
    sight="=car",
    sight_against="=no car",
    own_scale=True,
    picked="0a1b2c3d.eJz7DwABAQEA",
    order_seed=5,
    tile_size=200,
    metadata_key="camera",
    beside="file:later.h5",
    baseline="file:seed.h5",
    flip=Flip.MENDED,
    firmware="esp32",
    frame="320x240",
    pixels="rgb565",
    heard_share=40,
    filling=Filling.SILENCE,
    true_low=-1.5,
    true_high=2.0,
    predicted_low=0.25,
    predicted_high=1e9,
    error_low=-3.0,
    error_high=0.0,
    metadata="camera=north+%26+south&site=1",
    uncertain=True,
    rule="Centre inside",
    features="base/conv",
    points=500,
    reduction=Reduction.UMAP,
    perplexity=12,
    umap_neighbours=9,
    seed=7,
    colouring="Cluster",
    neighbours=8,
    scope=Scope.FILTERED,
    overlay_size=OverlaySize.MODEL,
    share=Share.MULTIPLY_ADDS,
    finding="0123456789abcdef.2",
    flagged=Flagged.UNCLEAR,
    reviewed=Reviewed.OPEN,
    assignee="me",
    tag="night & fog",
)


@settings(max_examples=400)
@given(any_choices())
def test_a_link_opens_the_same_view(choices):
    assert Choices().adopting(choices.to_query()) == choices


def test_a_link_names_what_differs_and_the_source():
    assert Choices().to_query() == {"source": "demo:cars"}
    some = {"alpha": 0.5, "shared_scale": True, "verdict": Verdict.INCORRECT, "page": 2}
    assert Choices().having(**some).to_query() == {
        "source": "demo:cars",
        "alpha": "0.5",
        "shared_scale": "1",
        "verdict": "Incorrect",
        "page": "2",
    }


def test_what_a_link_does_not_name_stays():
    assert OTHERS.adopting({"alpha": "0.25"}) == OTHERS.having(alpha=0.25)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("verdict", "Maybe"),
        ("verdict", "correct"),
        ("low", "-1"),
        ("low", "half"),
        ("high", "101"),
        ("high", "50.5"),
        ("page", "0"),
        ("page", "1000001"),
        ("tiles", ""),
        ("method", "grad-cam-2"),
        ("method", "GRAD_CAM"),
        ("method", ""),
        ("method_settings", "masks=49"),
        ("method_settings", "masks=many"),
        ("method_settings", "masks"),
        ("method_settings", "steps=9"),  # of another method
        ("method_settings", "seed=4,steps=9"),
        ("auto", "yes"),
        ("pooling", "max"),
        ("normalization", "none"),
        ("percentile", "49.9"),
        ("percentile", "100.1"),
        ("percentile", "nan"),
        ("shared_scale", "yes"),
        ("shared_scale", "True"),
        ("alpha", "1.01"),
        ("alpha", "-0.1"),
        ("alpha", "nan"),
        ("colormap", "rainbow"),
        ("threshold", "-0.1"),
        ("threshold", "inf"),
        ("threshold", "x"),
        ("by", "Both"),
        ("counting", "Shares"),
        ("sure", "101"),
        ("sure", "-1"),
        ("bins", "1"),
        ("bins", "51"),
        ("mistakes_page", "0"),
        ("points", "99"),
        ("points", "1000001"),
        ("reduction", "LDA"),
        ("perplexity", "1"),
        ("perplexity", "101"),
        ("umap_neighbours", "1"),
        ("umap_neighbours", "101"),
        ("seed", "-1"),
        ("seed", str(2**32)),
        ("neighbours", "0"),
        ("neighbours", "31"),
        ("drawing", "paper"),
        ("layers_view", "Layers"),
        ("layer_rows", "0"),
        ("layer_rows", "9"),
        ("channels_shown", "-1"),
        ("channel", "-2"),
        ("filter_input", "-2"),
        ("page", "9" * 5000),
    ],
)
def test_what_a_link_says_wrongly_is_passed_over(name, text):
    expected = OTHERS.having(layer="conv")
    assert OTHERS.adopting({name: text, "layer": "conv"}) == expected


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("low", "0", 0),
        ("high", "100", 100),
        ("page", "1", 1),
        ("percentile", "50", 50.0),
        ("percentile", "100", 100.0),
        ("alpha", "0", 0.0),
        ("alpha", "1", 1.0),
        ("threshold", "0", 0.0),
        ("shared_scale", "0", False),
        ("layer_rows", "8", 8),
        ("channels_shown", "0", 0),
        ("channel", "-1", -1),
        ("filter_input", "-1", -1),
        ("sure", "0", 0),
        ("sure", "100", 100),
        ("bins", "2", 2),
        ("bins", "50", 50),
        ("points", "100", 100),
        ("points", "1000000", 10**6),
        ("perplexity", "2", 2),
        ("perplexity", "100", 100),
        ("umap_neighbours", "2", 2),
        ("umap_neighbours", "100", 100),
        ("seed", "0", 0),
        ("seed", str(2**32 - 1), 2**32 - 1),
        ("neighbours", "1", 1),
        ("neighbours", "30", 30),
    ],
)
def test_the_ends_of_a_range_belong_to_it(name, text, value):
    assert OTHERS.adopting({name: text}).value(name) == value


def test_a_parameter_that_nobody_knows_is_passed_over():
    assert OTHERS.adopting({"key": "ei_secret", "to_query": "x"}) == OTHERS


def test_every_field_has_another_value_here():
    assert {name for name in FLAT if OTHERS.value(name) == Choices().value(name)} == set()


def test_another_source_keeps_the_drawing_and_nothing_else():
    changed = OTHERS.changed("source", "demo:gauge")
    kept = {name for name in FLAT if changed.value(name) != Choices().value(name)}
    assert changed.source == "demo:gauge"
    assert kept == {
        "source", "method", "method_settings", "pooling", "normalization", "percentile",
        "shared_scale", "alpha", "colormap", "tiles", "drawing", "compare", "auto", "tile_size",
        "heard_share", "filling", "firmware", "frame", "pixels",
    }  # fmt: skip
    assert all(changed.value(name) == OTHERS.value(name) for name in DRAWING)


@pytest.mark.parametrize(("name", "value"), [("which", "Unsure but right"), ("sure", 60)])
def test_other_mistakes_begin_at_their_first_page(name, value):
    changed = Choices(mistakes_page=4, page=5).changed(name, value)
    assert (changed.mistakes_page, changed.page) == (1, 5)


def test_another_arithmetic_begins_at_the_first_pages():
    changed = Choices(mistakes_page=4, page=5).changed("arithmetic", Arithmetic.MICROCONTROLLER)
    assert changed.to_query() == {"source": "demo:cars", "arithmetic": "microcontroller"}


def test_another_network_begins_at_the_first_pages():
    changed = Choices(mistakes_page=4, page=5).changed("network", "other.h5")
    assert (changed.mistakes_page, changed.page) == (1, 1)
    assert changed.to_query() == {"source": "demo:cars", "network": "other.h5"}


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_filter_goes_back_to_the_first_page(name):
    changed = Choices(page=5).changed(name, OTHERS.value(name))
    assert (changed.page, changed.value(name)) == (1, OTHERS.value(name))


@pytest.mark.parametrize(
    "name", ["alpha", "layer", "sample", "shared_scale", "target", "against", "tiles"]
)
def test_what_is_no_filter_stays_on_its_page(name):
    changed = Choices(page=5).changed(name, OTHERS.value(name))
    assert (changed.page, changed.value(name)) == (5, OTHERS.value(name))


def test_the_page_itself_can_be_changed():
    assert OTHERS.changed("page", 7) == OTHERS.having(page=7)


NARROWING = [
    "verdict", "true_class", "predicted_class", "low", "high", "text", "picked", "finding",
    "changes", "flipped", "flagged", "reviewed", "assignee", "tag", "metadata",
    "object_verdict", *(end for span in SPANS[1:] for end in span),
]  # fmt: skip


@pytest.mark.parametrize("name", NARROWING)
def test_each_filter_alone_leaves_samples_out(name):
    filtered = Choices().having(**{name: OTHERS.value(name)})
    assert filtered.filter.narrows
    assert filtered.unfiltered() == Choices()


def test_order_threshold_and_tiles_leave_no_sample_out():
    chosen = Choices().having(sort="By name", threshold=0.3, tiles=Tiles.OVERLAY, page=2, alpha=0.1)
    assert not chosen.filter.narrows


def test_clearing_the_filters_keeps_everything_else():
    cleared = OTHERS.unfiltered()
    default = {name: FLAT[name].default for name in NARROWING}
    assert cleared == OTHERS.having(page=1, **default)


def test_a_threshold_is_written_exactly():
    assert Choices().having(threshold=1234.5678).to_query()["threshold"] == "1234.5678"


# -------------------------------------------------------------------------- a method's settings

RISE = Choices().having(method=METHODS["rise"], method_settings="masks=80,shown=0.25")


def test_a_method_and_its_settings_are_in_the_link_and_back():
    query = RISE.to_query()
    assert query == {
        "source": "demo:cars",
        "method": "rise",
        "method_settings": "masks=80,shown=0.25",
    }
    there = Choices().adopting(query)
    assert there.recipe.method is METHODS["rise"]
    usual = Choices().having(method=METHODS["rise"]).recipe.settings
    assert (usual["masks"], usual["shown"]) == (1000, 0.5)
    assert there.recipe.settings == {**usual, "masks": 80, "shown": 0.25}


@pytest.mark.parametrize(
    "words", ["masks=9", "steps=9", "masks=80,steps=9", "=", "masks=80;seed=1"]
)
def test_wrong_settings_leave_the_method_with_its_own(words):
    there = Choices().adopting({"method": "rise", "method_settings": words, "alpha": "0.3"})
    assert there == Choices().having(method=METHODS["rise"], alpha=0.3)
    by_hand = Choices().having(method=METHODS["rise"], method_settings=words)
    assert by_hand.recipe.settings == Choices().having(method=METHODS["rise"]).recipe.settings


def test_settings_of_an_unknown_method_are_passed_over_with_it():
    assert Choices().adopting({"method": "risen", "method_settings": "masks=80"}) == Choices()


def test_a_link_to_another_method_leaves_the_settings_of_the_old_one_behind():
    assert RISE.adopting({"method": "lime"}) == Choices().having(method=METHODS["lime"])


def test_another_method_has_its_own_settings():
    changed = RISE.changed("method", METHODS["lime"])
    assert changed == Choices().having(method=METHODS["lime"])
    assert RISE.changed("method_settings", "seed=5").recipe.settings["seed"] == 5
    assert RISE.recipe.using(METHODS["lime"]) == changed.recipe
    assert RISE.recipe.using(METHODS["rise"]) == RISE.recipe
    assert RISE.recipe.using(GRAD_CAM) == Recipe(method=GRAD_CAM)


def test_method_and_settings_are_kept_when_another_project_is_opened():
    opened = RISE.changed("source", "demo:gauge")
    assert opened == RISE.having(source="demo:gauge")


def test_a_contrast_and_a_view_are_of_one_project():
    chosen = Choices().having(against="second", view="Raises and lowers")
    assert chosen.changed("source", "demo:gauge") == Choices(source="demo:gauge")


def test_the_pooling_has_a_widget_of_its_own_and_what_is_written_counts_more():
    assert Choices().having(pooling=Pooling.SUM_ABS).recipe.settings == {"pooling": "sum_abs"}
    written = Choices().having(method_settings="pooling=sum_abs")
    assert written.recipe.settings == {"pooling": "sum_abs"}
    assert Recipe(pooling=Pooling.SUM_ABS, method_settings="pooling=mean").settings == {
        "pooling": "mean"
    }
    assert Recipe(pooling=Pooling.SUM_ABS, method_settings="pooling=max").settings == {
        "pooling": "sum_abs"
    }
    assert (
        "pooling"
        not in Choices().having(pooling=Pooling.SUM_ABS, method=METHODS["lime"]).recipe.settings
    )


@pytest.mark.parametrize("method", METHODS.values(), ids=str)
def test_every_setting_of_every_method_is_read_from_its_link(method):
    for parameter in method.parameters:
        ends = parameter.options or (type(parameter.default)(parameter.high),)
        for value in ends:
            words = method.write_settings({parameter.name: value})
            there = Choices().adopting({"method": str(method), "method_settings": words})
            assert there.recipe.settings == {
                **Choices().having(method=method).recipe.settings,
                parameter.name: value,
            }
            assert there.recipe.settings[parameter.name] == value


def test_methods_side_by_side_are_named_in_order_and_once():
    chosen = Choices(compare="rise,,grad-cam, lime,none,rise")
    assert [str(method) for method in chosen.compared] == ["rise", "grad-cam"]
    assert [str(method) for method in Choices().compared] == [
        "grad-cam", "hires-cam", "layer-cam", "eigen-cam",
    ]  # fmt: skip


# -------------------------------------------------------------------------- what is seen of one


def test_a_heatmap_clicked_elsewhere_is_of_its_sample_alone():
    sight = Sight(Target.contrast(0, 1), "why car and not no car", "=car", "=no car")
    chosen = Choices(view="Methods side by side").having(target="true")
    there = chosen.at_sample("a.png", "mistakes", sight)
    assert (there.sample, there.within, there.view) == ("a.png", "mistakes", "One heatmap")
    assert (there.sight, there.sight_against) == ("=car", "=no car")
    assert there.recipe == chosen.recipe  # no other page, and no export, explains it
    for name, value in (("sample", "b.png"), ("target", "predicted"), ("against", "")):
        after = there.changed(name, value)
        assert (after.sight, after.sight_against) == ("", "")
    assert there.at_sample("b.png").sight == ""
    assert there.changed("layer", "conv").sight == "=car"
