"""Everything a person chose, as one value that fits into a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, Self

from gradcam import METHODS, Colormap, Method, Normalization
from services.choices.filter import CONDITIONS, Filter, Flipped
from services.choices.link import Between, Stays, Steps, flat
from services.choices.options import (
    ONE,
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
from services.tasks.flips import Flip
from services.tasks.parts import address_read
from services.tasks.shown import By
from services.tasks.targets import Sight


class Tiles(StrEnum):
    """What a tile of the gallery shows."""

    PICTURE = "Picture"
    OVERLAY = "Overlay"


class Scope(StrEnum):
    """Which samples are exported."""

    ALL = "All samples"
    FILTERED = "The filtered ones"


class OverlaySize(StrEnum):
    """How large exported overlays are."""

    ORIGINAL = "original"  # as the sample's own picture
    MODEL = "model"  # as the network's input


Page = Annotated[int, Between(1, 10**6)]
Percent = Annotated[int, Between(0, 100)]


@dataclass(frozen=True)
class Choices:
    """What is on screen. Flat names are the widgets' keys and the link's parameters, see `flat`.

    Attributes:
        source: a source reference.
        filter: which samples.
        page, tiles: of the gallery.
        by_part: whether it shows parts that lie on pictures, such as objects, in place of samples.
        sample: id of the sample in Explain; "" for the first of the filtered list.
        part: number of the part of the sample that is explained; -1 for the whole sample.
        recipe: of the heatmaps.
        view: what Explain shows; of `ONE`, `SIDE_BY_SIDE` and those of the task.
        compare: names of the methods that stand side by side, with commas.
        auto: whether slow methods run without being asked.
        alpha, colormap: of the overlay.
        by, review_class: what Review compares; "" for all classes.
        facet: what Mistakes shows, by its name; "" for the first.
        counting: what the cells of its matrix say.
        which, sure, mistakes_page: which list it goes through one by one, "" for the first; sure is
            the score in per cent from which the network counts as sure.
        bins: of its calibration curve.
        features: the layer whose features are embedded; "" for the input of the last dense layer.
        points: at most so many samples of an embedding.
        reduction, perplexity, umap_neighbours, seed: how an embedding is drawn.
        colouring: of an embedding, by its name; "" for the first.
        neighbours: how many neighbours of a sample are asked for their label.
        scope, overlay_size: of an export.
        share: what the picture of a network's blocks is drawn by.
        layers_view: what Layers shows.
        layer_rows: how many samples Layers compares, this one and those after it.
        channel_sort, filter_sort: orders of channels and of filters.
        channels_shown: how many of them are drawn; 0 for all.
        channel: the one that is looked at; -1 for the first of the order.
        on_picture: whether activation maps lie on the picture.
        filter_input: the input channel of filters that is drawn; -1 for colours or the mean.
        drawing: where pictures and heatmaps are put together.
        within: the list that the sample is looked at within, see `services.lists`; "" for the
            filtered one.
        sight, sight_against: what Explain explains of this one sample in place of the recipe's
            target, as in `Recipe`; "" for the recipe's. Gone with the next sample.
        own_scale: whether each heatmap of a mistake is on a scale of its own.
        tile_size: least width of a tile of the gallery, in pixels.
        heard_share: the share of a sound in per cent that its hottest part is.
        filling: what stands where a part of a sound is taken away.
        metadata_key: by which key of the metadata Mistakes compares; "" for the first.
        baseline: the network of another seed, whose flips Compare shows as those of chance, by its
            word; "" for none.
        flip: which flips Compare shows.
        firmware, frame, pixels: of the device that Device looks through; see `device_of`.
    """

    source: Annotated[str, Steps] = "demo:cars"
    filter: Filter = field(default_factory=Filter)
    page: Annotated[Page, Steps] = 1
    tiles: Annotated[Tiles, Stays] = Tiles.PICTURE
    by_part: Annotated[bool, Steps] = False
    sample: Annotated[str, Steps] = ""
    part: Annotated[int, Between(-1, 10**6), Steps] = -1
    recipe: Recipe = field(default_factory=Recipe)
    view: Annotated[str, Steps] = ONE
    compare: Annotated[str, Stays] = "grad-cam,hires-cam,layer-cam,eigen-cam"
    auto: Annotated[bool, Stays] = False
    alpha: Annotated[float, Between(0, 1), Stays] = 0.4
    colormap: Annotated[Colormap, Stays] = Colormap.JET
    by: Annotated[By, Steps] = By.TRUE
    review_class: Annotated[str, Steps] = ""
    facet: Annotated[str, Steps] = ""
    counting: Counting = Counting.COUNTS
    which: Annotated[str, Steps] = ""
    sure: Percent = 80
    mistakes_page: Annotated[Page, Steps] = 1
    bins: Annotated[int, Between(2, 50)] = 10
    features: Annotated[str, Steps] = ""
    points: Annotated[int, Between(100, 10**6)] = 2000
    reduction: Reduction = Reduction.TSNE
    perplexity: Annotated[int, Between(2, 100)] = 30
    umap_neighbours: Annotated[int, Between(2, 100)] = 15
    seed: Annotated[int, Between(0, 2**32 - 1)] = 0
    colouring: str = ""
    neighbours: Annotated[int, Between(1, 30)] = 5
    scope: Scope = Scope.ALL
    overlay_size: OverlaySize = OverlaySize.ORIGINAL
    share: Share = Share.PARAMETERS
    layers_view: Annotated[LayersView, Steps] = LayersView.STRIP
    layer_rows: Annotated[int, Between(1, 8)] = 1
    channel_sort: ChannelSort = ChannelSort.CONTRIBUTION
    filter_sort: KernelSort = KernelSort.NORM
    channels_shown: Annotated[int, Between(0, 10**6)] = 32
    channel: Annotated[int, Between(-1, 10**6), Steps] = -1
    on_picture: bool = False
    filter_input: Annotated[int, Between(-1, 10**6)] = -1
    drawing: Annotated[DrawnBy, Stays] = DrawnBy.BROWSER
    within: Annotated[str, Steps] = ""
    sight: Annotated[str, Steps] = ""
    sight_against: Annotated[str, Steps] = ""
    own_scale: bool = False
    tile_size: Annotated[int, Between(80, 320), Stays] = 120
    heard_share: Annotated[int, Between(5, 50), Stays] = 25
    filling: Annotated[Filling, Stays] = Filling.NOISE
    metadata_key: str = ""
    baseline: Annotated[str, Steps] = ""
    flip: Flip = Flip.BROKEN
    firmware: Annotated[str, Stays] = "impulse"
    frame: Annotated[str, Stays] = "160x120"
    pixels: Annotated[str, Stays] = ""

    def read_by(self, reader: str) -> Self:
        """The same as a person reads them, by their id: what they call *me* is theirs.

        A filter that asks for heat means that of the heatmaps on screen.
        """
        if self.filter.reader == reader and self.filter.heat == self.recipe:
            return self
        return replace(self, filter=replace(self.filter, reader=reader, heat=self.recipe))

    def value(self, name: str) -> object:
        """A choice by its flat name."""
        part = FLAT[name].part
        return getattr(getattr(self, part) if part else self, name)

    def having(self, **values: object) -> Self:
        """These choices with others by their flat names."""
        parts: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            parts.setdefault(FLAT[name].part, {})[name] = value
        changes = parts.pop("", {})
        for part, within in parts.items():
            changes[part] = replace(getattr(self, part), **within)
        return replace(self, **changes)

    def to_query(self) -> dict[str, str]:
        """Parameters of the link: whatever differs from the default, and the source always."""
        return {
            name: choice.write(value)
            for name, choice in FLAT.items()
            if (value := self.value(name)) != choice.default or name == "source"
        }

    def adopting(self, query: Mapping[str, str]) -> Self:
        """These choices with what a link says; what it says wrongly is passed over."""
        said = {name: choice.read(query[name]) for name, choice in FLAT.items() if name in query}
        new = self.having(**{name: value for name, value in said.items() if value is not None})
        # Settings that are wrong, or of a method that the link replaces, are those of before.
        words = (new.recipe.method_settings, self.recipe.method_settings, "")
        recipes = (replace(new.recipe, method_settings=each) for each in words)
        recipe = next(each for each in recipes if each.is_sound)
        return replace(new, filter=new.filter.upright(), recipe=recipe)

    def changed(self, name: str, value: object) -> Self:
        """These choices after the person changed one, and what follows from it."""
        changes = {name: value}
        if name in {"by_part"} | FILTERS | ANOTHER:
            changes["page"] = 1
        if name in {"which", "sure"} | ANOTHER:
            changes["mistakes_page"] = 1
        if name in CONDITIONS:
            changes["within"] = ""
        if name in {"sample", "part", "target", "against"} | ANOTHER:
            changes |= {"sight": "", "sight_against": ""}
        if name in {"sample"} | ANOTHER | JUDGED_BY:
            changes["part"] = -1
        if name == "source":
            kept = {key: self.value(key) for key in DRAWING}
            return type(self)().having(**changes, **kept)
        if name == "method":
            changes["method_settings"] = ""
        if name == "percentile":  # a link may have said that it plays no part
            changes["normalization"] = Normalization.PERCENTILE
        return self.having(**changes)

    @property
    def compared(self) -> tuple[Method, ...]:
        """The methods that stand side by side; unknown names are passed over."""
        names = dict.fromkeys(self.compare.split(","))
        return tuple(METHODS[name] for name in names if name in METHODS)

    def at_sample(self, sample: str, within: str = "", sight: Sight | None = None) -> Self:
        """These choices with a sample to be explained.

        Args:
            sample: its id, or the word of one of its parts, see `address_word`.
            within: the list that it was found in.
            sight: what is explained of it alone; None for what is explained of all.
        """
        sample, part = address_read(sample)
        moved = replace(self.changed("sample", sample), within=within, part=part)
        if sight is None:
            return moved
        own = part if sight.part is None else sight.part
        return replace(moved, view=ONE, sight=sight.words, sight_against=sight.against, part=own)

    def filtered(self, only: Filter) -> Self:
        """These choices with another filter, from its first page."""
        return replace(self, filter=only, page=1)

    def flipping(self, flipped: Flipped, beside: str, *, by_part: bool = False) -> Self:
        """These choices with what flips so with another network, and no other filter.

        Args:
            flipped: what becomes of verdicts.
            beside: the word of the other network.
            by_part: whether parts are shown in place of samples.
        """
        only = replace(self.filter.cleared(), flipped=flipped, beside=beside)
        return replace(self.filtered(only), by_part=by_part, within="")

    def unfiltered(self) -> Self:
        """These choices with every filter cleared."""
        return self.filtered(self.filter.cleared())


FLAT = flat(Choices)
FILTERS = frozenset(flat(Filter))
ANOTHER = frozenset({"network", "arithmetic"})  # of which each answers for itself
JUDGED_BY = frozenset({"threshold", "rule"})  # with another one a sample may have other parts
# What the browser's Back goes through one by one.
STEPPED = tuple(name for name, choice in FLAT.items() if choice.steps)
# What a person wants to keep when another project is opened.
DRAWING = tuple(name for name, choice in FLAT.items() if choice.stays)
