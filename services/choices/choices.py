"""Everything a person chose, as one value that fits into a link."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self, get_type_hints

from gradcam import GRAD_CAM, METHODS, Colormap, GradcamError, Method, Normalization, Pooling
from services.choices.options import (
    ChannelSort,
    Colouring,
    Counting,
    Facet,
    FilterSort,
    LayersView,
    Reduction,
    Share,
    Which,
)
from services.choices.wording import NOBODY, PREDICTED


class Verdict(StrEnum):
    """Which samples are shown."""

    ALL = "All"
    CORRECT = "Correct"
    INCORRECT = "Incorrect"


class Sort(StrEnum):
    """Orders of the gallery; the value is what the page calls it."""

    WRONG_FIRST = "Most confidently wrong first"
    LEAST_SURE = "Least sure first"
    MOST_SURE = "Most sure first"
    LARGEST_ERROR = "Largest error first"
    SMALLEST_ERROR = "Smallest error first"
    NAME = "By name"


class Tiles(StrEnum):
    """What a tile of the gallery shows."""

    PICTURE = "Picture"
    OVERLAY = "Overlay"


class By(StrEnum):
    """Which class of a sample Review goes by."""

    TRUE = "True class"
    PREDICTED = "Predicted class"


class View(StrEnum):
    """What Explain shows of a sample."""

    ONE = "One heatmap"
    METHODS = "Methods side by side"
    HALVES = "Raises and lowers"  # of a regression


class Scope(StrEnum):
    """Which samples are exported."""

    ALL = "All samples"
    FILTERED = "The filtered ones"


class OverlaySize(StrEnum):
    """How large exported overlays are."""

    ORIGINAL = "original"  # as the sample's own picture
    MODEL = "model"  # as the network's input


@dataclass(frozen=True)
class Choices:
    """What is on screen. Names are the widgets' keys and the link's parameters.

    Attributes:
        source: a source reference.
        verdict, true_class, predicted_class, low, high, text: the filter; classes by name, "" for
            any; low and high bound the score of the predicted class in per cent.
        sort, page, tiles: of the gallery.
        sample: id of the sample in Explain; "" for the first of the filtered list.
        layer: its name; "" for the network's default.
        method, pooling, normalization, percentile, shared_scale: of the heatmap.
        method_settings: the method's other settings where they are not the default, as
            `name=value,name=value`.
        target: "predicted", "true", or "=" and the name of a class or the number of an output;
            "-" and that number for what lowers it.
        against: the class that the target is set against: "" for none, "second" for the best of
            the others, or as the target.
        view: what Explain shows.
        compare: names of the methods that stand side by side, with commas.
        auto: whether slow methods run without being asked.
        alpha, colormap: of the overlay.
        threshold: of a regression; None for the project's.
        by, review_class: what Review compares; "" for all classes.
        facet: what Mistakes shows.
        counting: what the cells of its matrix say.
        which, sure, mistakes_page: which samples it goes through one by one; sure is the score in
            per cent from which the network counts as sure.
        bins: of its calibration curve.
        picked: samples that were picked on a picture, part of the filter, see `selection`.
        features: the layer whose features are embedded; "" for the input of the last dense layer.
        points: at most so many samples of an embedding.
        reduction, perplexity, umap_neighbours, seed: how an embedding is drawn.
        colouring: of an embedding.
        neighbours: how many neighbours of a sample are asked for their label.
        finding: a kept finding of a scan that Samples shows the pictures of; "" for none.
        scope, overlay_size: of an export.
        share: what the picture of a network's blocks is drawn by.
        layers_view: what Layers shows.
        layer_rows: how many samples Layers compares, this one and those after it.
        channel_sort, filter_sort: orders of channels and of filters.
        channels_shown: how many of them are drawn; 0 for all.
        channel: the one that is looked at; -1 for the first of the order.
        on_picture: whether activation maps lie on the picture.
        filter_input: the input channel of filters that is drawn; -1 for colours or the mean.
        drawing: "browser", or "server" where the component cannot work.
    """

    source: str = "demo:cars"
    verdict: Verdict = Verdict.ALL
    true_class: str = ""
    predicted_class: str = ""
    low: int = 0
    high: int = 100
    text: str = ""
    sort: Sort | None = None
    page: int = 1
    tiles: Tiles = Tiles.PICTURE
    sample: str = ""
    layer: str = ""
    method: Method = GRAD_CAM
    method_settings: str = ""
    target: str = PREDICTED
    against: str = NOBODY
    view: View = View.ONE
    compare: str = "grad-cam,hires-cam,layer-cam,eigen-cam"
    auto: bool = False
    pooling: Pooling = Pooling.MEAN
    normalization: Normalization = Normalization.PERCENTILE
    percentile: float = 100.0
    shared_scale: bool = False
    alpha: float = 0.4
    colormap: Colormap = Colormap.JET
    threshold: float | None = None
    by: By = By.TRUE
    review_class: str = ""
    facet: Facet = Facet.CLASSES
    counting: Counting = Counting.COUNTS
    which: Which = Which.SURE_WRONG
    sure: int = 80
    mistakes_page: int = 1
    bins: int = 10
    picked: str = ""
    features: str = ""
    points: int = 2000
    reduction: Reduction = Reduction.TSNE
    perplexity: int = 30
    umap_neighbours: int = 15
    seed: int = 0
    colouring: Colouring = Colouring.TRUE
    neighbours: int = 5
    finding: str = ""
    scope: Scope = Scope.ALL
    overlay_size: OverlaySize = OverlaySize.ORIGINAL
    share: Share = Share.PARAMETERS
    layers_view: LayersView = LayersView.STRIP
    layer_rows: int = 1
    channel_sort: ChannelSort = ChannelSort.CONTRIBUTION
    filter_sort: FilterSort = FilterSort.NORM
    channels_shown: int = 32
    channel: int = -1
    on_picture: bool = False
    filter_input: int = -1
    drawing: str = "browser"

    def to_query(self) -> dict[str, str]:
        """Parameters of the link: whatever differs from the default, and the source always."""
        default = Choices()
        query = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != getattr(default, field.name) or field.name == "source":
                query[field.name] = _written(value)
        return query

    def adopting(self, query: Mapping[str, str]) -> Self:
        """These choices with what a link says; what it says wrongly is passed over."""
        changes = {}
        for name, hint in get_type_hints(type(self)).items():
            if name in query:
                value = _read(query[name], hint)
                if value is not None and _in_range(name, value):
                    changes[name] = value
        adopted = replace(self, **changes)
        low, high = sorted((adopted.low, adopted.high))
        said = (adopted.method_settings, self.method_settings, "")
        settings = next(words for words in said if _fits(adopted.method, words))
        return replace(adopted, low=low, high=high, method_settings=settings)

    def changed(self, name: str, value: object) -> Self:
        """These choices after the person changed one, and what follows from it."""
        changes: dict[str, Any] = {name: value}
        if name in FILTERS:
            changes["page"] = 1
        if name in {"which", "sure"}:
            changes["mistakes_page"] = 1
        if name == "source":
            kept = Choices(source=str(value), **{key: getattr(self, key) for key in DRAWING})
            return replace(self, **{f.name: getattr(kept, f.name) for f in fields(kept)})
        if name == "method":
            changes["method_settings"] = ""
        return replace(self, **changes)

    @property
    def compared(self) -> tuple[Method, ...]:
        """The methods that stand side by side; unknown names are passed over."""
        names = dict.fromkeys(self.compare.split(","))
        return tuple(METHODS[name] for name in names if name in METHODS)

    def using(self, method: Method) -> Self:
        """These choices with another method, at its defaults unless it is the chosen one."""
        if method == self.method:
            return self
        return replace(self, method=method, method_settings="")

    @property
    def settings(self) -> dict[str, Any]:
        """The method's parameters with what was chosen for them."""
        return settings_of(self.method, self.pooling, self.method_settings)

    @property
    def is_filtered(self) -> bool:
        """Whether any filter leaves samples out."""
        default = Choices()
        narrowing = FILTERS - {"sort", "threshold", "tiles"}
        return any(getattr(self, name) != getattr(default, name) for name in narrowing)

    def unfiltered(self) -> Self:
        """These choices with every filter cleared."""
        default = Choices()
        cleared = {name: getattr(default, name) for name in FILTERS - {"sort", "threshold"}}
        return replace(self, **{**cleared, "tiles": self.tiles, "page": 1})


FILTERS = frozenset({
    "verdict", "true_class", "predicted_class", "low", "high", "text", "sort", "threshold",
    "picked", "finding",
})  # fmt: skip
# What a person wants to keep when another project is opened.
DRAWING = (
    "method", "method_settings", "pooling", "normalization", "percentile", "shared_scale", "alpha",
    "colormap", "tiles", "drawing", "compare", "auto",
)  # fmt: skip


def settings_of(method: Method, pooling: Pooling, words: str) -> dict[str, Any]:
    """A method's parameters; what is said of them wrongly is passed over.

    Args:
        method: whose.
        pooling: for Grad-CAM, which has its own widget.
        words: the others, as `name=value,name=value`; what is said of the pooling here counts.
    """
    pools = any(parameter.name == "pooling" for parameter in method.parameters)
    own = f"pooling={pooling}," if pools else ""
    return method.read_settings(own + (words if _fits(method, words) else ""))


def _fits(method: Method, words: str) -> bool:
    try:
        method.read_settings(words)
    except GradcamError:  # made for another method, or by hand
        return False
    return True


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0")
    return str(value)


def _read(text: str, hint: Any) -> Any:  # noqa: ANN401 - a field's type and value
    kinds = [kind for kind in getattr(hint, "__args__", (hint,)) if kind is not type(None)]
    kind = kinds[0]
    try:
        if kind is bool:
            return {"1": True, "0": False}.get(text)
        if kind is Method:
            return METHODS.get(text)
        value = kind(text)
    except ValueError:
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _in_range(name: str, value: Any) -> bool:  # noqa: ANN401 - a field's value
    bounds = {
        "low": (0, 100), "high": (0, 100), "page": (1, 10**6), "percentile": (50.0, 100.0),
        "alpha": (0.0, 1.0), "threshold": (0.0, math.inf),
        "layer_rows": (1, 8), "channels_shown": (0, 10**6), "channel": (-1, 10**6),
        "filter_input": (-1, 10**6), "sure": (0, 100), "bins": (2, 50),
        "mistakes_page": (1, 10**6), "points": (100, 10**6), "perplexity": (2, 100),
        "umap_neighbours": (2, 100), "seed": (0, 2**32 - 1), "neighbours": (1, 30),
    }  # fmt: skip
    if name == "drawing":
        return value in {"browser", "server"}
    if name in bounds:
        low, high = bounds[name]
        return bool(low <= value <= high)
    return True
