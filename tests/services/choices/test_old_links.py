"""Links as they were written before choices had parts: they are in people's mails, so they open.

Each was made by the version before; none of them may ever be edited here.
"""

from urllib.parse import parse_qsl, urlsplit

import pytest

from gradcam import METHODS, Colormap, Normalization, Pooling
from services.choices.choices import (
    FLAT,
    Choices,
    OverlaySize,
    Scope,
    Tiles,
)
from services.choices.filter import SPANS, Filter, Verdict
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
from services.tasks.shown import By

SAMPLES = (
    "/samples?source=folder%3A%2Fdata%2Fmy+cars&verdict=Incorrect&true_class=car"
    "&predicted_class=no+car&low=40&high=90&text=night+%26+day&sort=Least+sure+first&page=2"
    "&tiles=Overlay"
)
FINDING = (
    "/samples?source=demo%3Acars&sort=By+name&picked=0a1b2c3d.eJz7DwABAQEA"
    "&finding=0123456789abcdef.2"
)
ONE = (
    "/explain?source=demo%3Acars&sample=car%2F0003+b.png&layer=base%2Fconv_2&target=%3Dno+car"
    "&against=second&pooling=sum_abs&percentile=97.5&shared_scale=1&alpha=0.7&colormap=turbo"
)
SEVERAL = (
    "/explain?source=demo%3Acars&sample=a.png&method=rise&method_settings=masks%3D80%2Cshown%3D0.25"
    "&view=Methods+side+by+side&compare=lime%2Crise&auto=1&drawing=server"
)
HALVES = (
    "/explain?source=demo%3Agauge&sample=0.5.x.jpg&target=-0&view=Raises+and+lowers"
    "&normalization=simple&threshold=0.025"
)
REVIEW = (
    "/review?source=upload%3A0123456789abcdef%3Fscaling%3D0..255%26color%3Dbgr"
    "&threshold=1234.5678&by=Predicted+class&review_class=Auto%2C+gr%C3%BCn"
)
MISTAKES = (
    "/mistakes?source=demo%3Acars&facet=By+picture&counting=Rates&which=Unsure+but+right&sure=70"
    "&mistakes_page=3&bins=15"
)
SCAN = (
    "/scan?source=edge-impulse%3Ahttps%253A%2F%2Fstudio.example.com%2F12%2F3%2F7%2Fexport"
    "&layer=conv2d_7&colormap=viridis"
)
CHANNELS = (
    "/layers?source=demo%3Acars&target=true&against=%3Dcar&layers_view=Activation+maps&layer_rows=3"
    "&channel_sort=Activation&channels_shown=0&channel=7&on_picture=1"
)
NETWORK = (
    "/network?source=demo%3Acars&share=Multiply-adds&layers_view=Learned+filters"
    "&filter_sort=Deviation&filter_input=2"
)
EMBEDDINGS = (
    "/embeddings?source=demo%3Acars&features=base%2Fconv&points=500&reduction=UMAP&perplexity=12"
    "&umap_neighbours=9&seed=7&colouring=Cluster&neighbours=8"
)
EXPORT = (
    "/export?source=demo%3Acars&low=5&text=a&method=integrated-gradients&scope=The+filtered+ones"
    "&overlay_size=model"
)

VIEWS = {
    SAMPLES: Choices(
        source="folder:/data/my cars",
        filter=Filter(
            verdict=Verdict.INCORRECT,
            true_class="car",
            predicted_class="no car",
            low=40,
            high=90,
            text="night & day",
            sort="Least sure first",
        ),
        page=2,
        tiles=Tiles.OVERLAY,
    ),
    FINDING: Choices(
        filter=Filter(sort="By name", picked="0a1b2c3d.eJz7DwABAQEA", finding="0123456789abcdef.2")
    ),
    ONE: Choices(
        sample="car/0003 b.png",
        recipe=Recipe(
            layer="base/conv_2",
            target="=no car",
            against="second",
            pooling=Pooling.SUM_ABS,
            percentile=97.5,
            shared_scale=True,
        ),
        alpha=0.7,
        colormap=Colormap.TURBO,
    ),
    SEVERAL: Choices(
        sample="a.png",
        recipe=Recipe(method=METHODS["rise"], method_settings="masks=80,shown=0.25"),
        view="Methods side by side",
        compare="lime,rise",
        auto=True,
        drawing=DrawnBy.SERVER,
    ),
    HALVES: Choices(
        source="demo:gauge",
        sample="0.5.x.jpg",
        recipe=Recipe(target="-0", normalization=Normalization.SIMPLE),
        filter=Filter(threshold=0.025),
        view="Raises and lowers",
    ),
    REVIEW: Choices(
        source="upload:0123456789abcdef?scaling=0..255&color=bgr",
        filter=Filter(threshold=1234.5678),
        by=By.PREDICTED,
        review_class="Auto, grün",
    ),
    MISTAKES: Choices(
        facet="By picture",
        counting=Counting.RATES,
        which="Unsure but right",
        sure=70,
        mistakes_page=3,
        bins=15,
    ),
    SCAN: Choices(
        source="edge-impulse:https%3A//studio.example.com/12/3/7/export",
        recipe=Recipe(layer="conv2d_7"),
        colormap=Colormap.VIRIDIS,
    ),
    CHANNELS: Choices(
        recipe=Recipe(target="true", against="=car"),
        layers_view=LayersView.MAPS,
        layer_rows=3,
        channel_sort=ChannelSort.ACTIVATION,
        channels_shown=0,
        channel=7,
        on_picture=True,
    ),
    NETWORK: Choices(
        share=Share.MULTIPLY_ADDS,
        layers_view=LayersView.KERNELS,
        filter_sort=KernelSort.DEVIATION,
        filter_input=2,
    ),
    EMBEDDINGS: Choices(
        features="base/conv",
        points=500,
        reduction=Reduction.UMAP,
        perplexity=12,
        umap_neighbours=9,
        seed=7,
        colouring="Cluster",
        neighbours=8,
    ),
    EXPORT: Choices(
        filter=Filter(low=5, text="a"),
        recipe=Recipe(method=METHODS["integrated-gradients"]),
        scope=Scope.FILTERED,
        overlay_size=OverlaySize.MODEL,
    ),
}


SINCE = {
    "network",  # a project had one
    "part", "by_part", "rule", "object_verdict",  # a sample was one whole, with one way to be right
    "arithmetic",  # a network had one
    "flagged",  # there were no flags
    "reviewed", "assignee", "tag",  # nobody reviewed together
    "within",  # the filtered samples were the only list
    "sight", "sight_against",  # a click moved the target of all pages
    "own_scale",  # of one mistake's heatmaps there was one scale
    "order_seed",
    "tile_size",
    "metadata_key",
    "firmware", "frame", "pixels",  # no device looked
    "beside", "baseline", "flip", "flipped",  # one network was looked at
    "metadata",
    "heard_share", "filling",  # no sample was heard
    "uncertain", "changes",
    *(end for span in SPANS[1:] for end in span),
}  # fmt: skip


def query_of(link):
    return dict(parse_qsl(urlsplit(link).query))


@pytest.mark.parametrize("link", VIEWS, ids=lambda link: urlsplit(link).path[1:])
def test_an_old_link_opens_its_view(link):
    assert Choices().adopting(query_of(link)) == VIEWS[link]


@pytest.mark.parametrize("link", VIEWS, ids=lambda link: urlsplit(link).path[1:])
def test_a_view_is_written_as_its_old_link(link):
    assert VIEWS[link].to_query() == query_of(link)


def test_every_choice_of_then_is_in_one_of_the_links():
    named = {name for link in VIEWS for name in query_of(link)}
    assert len(VIEWS) == 12
    assert named == set(FLAT) - SINCE
