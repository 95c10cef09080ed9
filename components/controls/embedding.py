"""The controls of an embedding: whose features, of which samples, drawn how."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import bind, segments, select, store
from components.controls.heatmap import layer_said
from services import session
from services.choices.choices import Choices
from services.choices.options import Reduction
from services.embedding.asked import Embedding
from services.embedding.points import LAST_DENSE
from services.embedding.reduction import is_installed, most_reach, usable
from services.embedding.structure import NEIGHBOURS
from services.opening.opening import Opened

SIZES = (500, 1000, 2000, 5000, 10_000, 10**6)
REACH = {
    Reduction.TSNE: ("perplexity", "Perplexity",
                     "Effective number of neighbours; small sets need small values."),
    Reduction.UMAP: ("umap_neighbours", "Neighbours in UMAP",
                     "Few neighbours show local detail, many the global structure."),
}  # fmt: skip


def embedding_controls(opened: Opened) -> Embedding:
    """What is embedded and how; in the sidebar."""
    choices = session.choices()
    drawn = choices.having(reduction=usable(choices.reduction))
    asked = Embedding(opened.predictions, drawn)
    with st.sidebar:
        st.subheader("Features", divider="gray")
        _feature_select(opened, asked)
        _size_select(opened, choices)
        st.subheader("Projection", divider="gray")
        segments("Method", "reduction", list(Reduction), choices.reduction, say=_reduction_said)
        _reach_slider(asked)
        if drawn.reduction is not Reduction.PCA:
            bind("seed", choices.seed)
            st.number_input(
                "Seed", 0, 2**32 - 1, step=1, key="seed", on_change=store, args=("seed",),
                help="Same seed, same plot; another seed shows which structure is stable.",
            )  # fmt: skip
        st.subheader("Labels", divider="gray")
        most = min(NEIGHBOURS, max(2, len(asked.wanted) - 1))
        bind("neighbours", min(choices.neighbours, most))
        st.slider(
            "Neighbours (k)", 1, most, step=1,
            key="neighbours", on_change=store, args=("neighbours",),
            help="How many nearest samples in feature space a label is compared with.",
        )  # fmt: skip
    return asked


def _reduction_said(reduction: Reduction) -> str:
    return str(reduction) if is_installed(reduction) else f"{reduction} (not installed)"


def _feature_select(opened: Opened, asked: Embedding) -> None:
    network = opened.project.network
    layers = {layer.name: layer for layer in network.layers}
    first = [LAST_DENSE] if network.has_dense else []
    select(
        "Features of",
        "features",
        [*first, *reversed(layers)],
        asked.layer,
        say=lambda name: layer_said(layers[name]) if name else "input of the last dense layer",
        help="For a spatial layer: each channel averaged over its map.",
    )


def _size_select(opened: Opened, choices: Choices) -> None:
    count = len(opened.predictions)
    sizes = [size for size in SIZES if size < count]
    if not sizes:
        return
    chosen = next((size for size in (*sizes, SIZES[-1]) if size >= choices.points), SIZES[-1])
    select(
        "Samples",
        "points",
        [*sizes, SIZES[-1]],
        chosen if chosen < count else SIZES[-1],
        say=lambda size: f"{size:,} of {count:,}" if size < count else f"all {count:,}",
        help="A smaller number is a stratified sample.",
    )


def _reach_slider(asked: Embedding) -> None:
    choices = asked.choices
    if choices.reduction not in REACH:
        return
    key, label, about = REACH[choices.reduction]
    most = min(50, most_reach(choices.reduction, len(asked.wanted)))
    if most <= 2:
        return
    bind(key, min(getattr(choices, key), most))
    st.slider(label, 2, most, step=1, key=key, on_change=store, args=(key,), help=about)
