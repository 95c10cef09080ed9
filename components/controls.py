"""Widgets bound to the choices: fixed keys, the same value on every page and in the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from components import shell
from components.text import plain
from gradcam import METHODS, Colormap, Layer, Normalization, Pooling
from services import session
from services.explained import PREDICTED, TRUE
from services.heatmaps import layer_name
from services.opening import Opened

T = TypeVar("T")

LAYER_HELP = (
    "Later layers know more about the class, earlier ones more about the place. "
    "The default is the last one with a map, after its activation."
)
POOLING_HELP = (
    "How a channel's gradients become its weight. mean is Grad-CAM as published; "
    "sum_abs adds absolute values and so loses what speaks against the target."
)
NORMALIZATION_HELP = (
    "percentile divides by the value that q % of the map lie under and clips, so at 100 % it is "
    "the same as simple, which divides by the maximum."
)
SCALE_HELP = "One divisor for all pictures on the page, so that a weak map looks weak."


def bind(key: str, value: object) -> None:
    """Give a widget the chosen value before it is drawn.

    A widget of the same key on another page is a new one in the browser, although the server
    still holds its value: it has to be told once on each page.
    """
    told: set[str] = st.session_state.setdefault(shell.TOLD, set())
    if key not in told or st.session_state.get(key, _NOTHING) != value:
        st.session_state[key] = value
        told.add(key)


_NOTHING = object()


def store(key: str) -> None:
    """Keep what a widget was changed to; its callback."""
    if key in st.session_state and st.session_state[key] is not None:
        session.choose(key, st.session_state[key])


def select(
    label: str,
    key: str,
    options: Sequence[T],
    value: T,
    *,
    say: Callable[[T], str] = str,
    help: str | None = None,  # noqa: A002 - Streamlit's own word
    **more: Any,  # noqa: ANN401 - passed on
) -> None:
    """A select box for one choice."""
    bind(key, value)
    st.selectbox(
        label, options, key=key, format_func=say, help=help, on_change=store, args=(key,), **more
    )


def segments(
    label: str,
    key: str,
    options: Sequence[T],
    value: T,
    *,
    say: Callable[[T], str] = str,
    help: str | None = None,  # noqa: A002 - Streamlit's own word
) -> None:
    """A row of buttons, one of which is pressed, for one choice."""
    bind(key, value)
    st.segmented_control(
        label, options, key=key, format_func=say, required=True, help=help, on_change=store,
        args=(key,),
    )  # fmt: skip


def slider(
    label: str,
    key: str,
    low: float,
    high: float,
    value: float,
    step: float,
    **more: Any,  # noqa: ANN401 - passed on
) -> None:
    """A slider for one choice."""
    bind(key, value)
    st.slider(label, low, high, step=step, key=key, on_change=store, args=(key,), **more)


def toggle(label: str, key: str, *, value: bool, help: str | None = None) -> None:  # noqa: A002
    """A switch for one choice."""
    bind(key, value)
    st.toggle(label, key=key, help=help, on_change=store, args=(key,))


def layer_said(layer: Layer) -> str:
    """`conv_3 · 12 × 12 · Conv2D`, then the nested network that it lies in."""
    outer, _, name = layer.name.rpartition("/")
    inside = f" · in {outer}" if outer else ""
    return f"{name} · {layer.height} × {layer.width} · {layer.kind}{inside}"


def target_options(opened: Opened) -> list[str]:
    """Values of `target` in the order of the list."""
    if opened.project.is_regression:
        return [f"={unit}" for unit in range(opened.project.network.units)]
    return [PREDICTED, TRUE, *(f"={name}" for name in opened.project.classes)]


def target_said(option: str, opened: Opened) -> str:
    """A target in words."""
    if option in {PREDICTED, TRUE}:
        return f"{option} class"
    if opened.project.is_regression:
        return (
            "what raises the value" if opened.project.network.units == 1 else f"output {option[1:]}"
        )
    return option[1:]


def chosen_target(opened: Opened) -> str:
    """The chosen target, or the default where the choice is of another project."""
    options = target_options(opened)
    choice = session.choices().target
    if choice in options:
        return choice
    output = f"={opened.project.regression.output}"
    return output if opened.project.is_regression else options[0]


def heatmap_controls(opened: Opened, *, target: bool = True, shared: bool = True) -> None:
    """Everything that makes a heatmap, in the sidebar, the same on every page."""
    choices = session.choices()
    layers = {layer.name: layer for layer in opened.project.network.layers}
    with st.sidebar:
        st.subheader("Heatmap", divider="gray")
        select(
            "Method",
            "method",
            list(METHODS.values()),
            choices.method,
            say=lambda method: method.title,
            help=choices.method.help,
        )
        select(
            "Layer",
            "layer",
            list(layers),
            layer_name(opened.predictions, choices),
            say=lambda name: layer_said(layers[name]),
            help=LAYER_HELP,
        )
        if target:
            select(
                "Target",
                "target",
                target_options(opened),
                chosen_target(opened),
                say=lambda option: target_said(option, opened),
                help="The number that is explained.",
            )
        segments(
            "Pooling of gradients", "pooling", list(Pooling), choices.pooling, help=POOLING_HELP
        )
        segments(
            "Normalisation",
            "normalization",
            list(Normalization),
            choices.normalization,
            help=NORMALIZATION_HELP,
        )
        slider(
            "Percentile",
            "percentile",
            90.0,
            100.0,
            max(90.0, choices.percentile),
            0.5,
            disabled=choices.normalization is Normalization.SIMPLE,
        )
        if shared:
            toggle("Shared scale", "shared_scale", value=choices.shared_scale, help=SCALE_HELP)
        _drawing_controls()
        layer = layers[layer_name(opened.predictions, choices)]
        st.caption(resolution_said(layer, opened))


def _drawing_controls() -> None:
    """Opacity and colour on the server, for browsers where the component cannot work."""
    choices = session.choices()
    toggle_key = "drawing_on_server"
    bind(toggle_key, choices.drawing == "server")
    st.toggle(
        "Draw on the server",
        key=toggle_key,
        help="For browsers where the pictures stay empty. Opacity then takes a round trip.",
        on_change=lambda: session.choose(
            "drawing", "server" if st.session_state[toggle_key] else "browser"
        ),
    )
    if choices.drawing == "server":
        slider("Opacity", "alpha", 0.0, 1.0, choices.alpha, 0.01)
        select("Colour map", "colormap", list(Colormap), choices.colormap)


def resolution_said(layer: Layer, opened: Opened) -> str:
    """What a person may read from the map, and what not."""
    spec = opened.project.input_spec
    size = f"{layer.height} × {layer.width} cells"
    share = f"each about {spec.height / layer.height:.0f} × {spec.width / layer.width:.0f} pixels"
    text = f"The map has {size}, {share} of the {spec.height} × {spec.width} input."
    if layer.cells <= 16:
        text += " That is coarse: it tells the region, not the outline."
    return plain(text)
