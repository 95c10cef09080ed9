"""Widgets bound to the choices: fixed keys, the same value on every page and in the link."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.controls.binding import bind, select, slider, store, toggle
from components.controls.method import (
    chosen_method,
    method_select,
    method_settings,
    methods_not_offered,
)
from components.frame.drawing import browser_fails
from components.frame.header import ADDRESS
from components.frame.parts import part, redraw
from components.frame.text import plain
from gradcam import (
    Colormap,
    Layer,
)
from services import session
from services.choices.choices import Choices
from services.choices.options import DrawnBy
from services.choices.recipe import percentile_said
from services.heatmaps.heatmaps import layer_name
from services.numbers import counted, in_words
from services.opening.opening import Opened
from services.tasks.targets import Targets

LAYER_HELP = (
    "Later layers are more specific to the answer, earlier ones locate more precisely. "
    "Default: the last layer with a spatial map, after its activation; where the network answers "
    "for each cell of a grid, the last of twice its sides."
)
# Parts of a page that show the scale, beside its address.
HEADING, PICTURE, SOUND, ON_BOXES, DOWNLOADS = (
    f"{name}_part" for name in ("heading", "picture", "sound", "on_boxes", "downloads")
)
PERCENTILES = (100.0, 99.5, 99.0, 98.0, 97.0, 95.0, 90.0)
PERCENTILE_HELP = (
    "The map value that gets the hottest colour. A percentile clips a few extreme cells, so that "
    "the rest shows."
)
SCALE_HELP = "One normalisation for all heatmaps on the page, so that a weak map looks weak."


def layer_said(layer: Layer) -> str:
    """`conv_3 · 12 × 12 · Conv2D`, then the nested network that it lies in."""
    outer, _, name = layer.name.rpartition("/")
    inside = f" · in {outer}" if outer else ""
    return f"{name} · {layer.height} × {layer.width} · {layer.kind}{inside}"


def chosen(opened: Opened) -> Choices:
    """The choices, with what is of another project put right."""
    choices = session.choices()
    recipe = choices.recipe.settled(opened.project.usual.method).using(chosen_method(opened))
    target, against = _targets(opened).fitting(recipe.target, recipe.against)
    compared = [method for method in choices.compared if method.fits(opened.project.network)]
    return choices.having(
        method=recipe.method,
        method_settings=recipe.method_settings,
        compare=",".join(str(method) for method in compared),
        target=target,
        against=against,
    )


def _targets(opened: Opened) -> Targets:
    return opened.project.task.targets(opened.project.network)


def heatmap_controls(
    opened: Opened, *, shared: bool = True, one: bool = True, targets: bool = True
) -> None:
    """Everything that makes a heatmap, in the sidebar, the same on every page.

    Args:
        opened: the project.
        shared: whether several heatmaps can have one scale.
        one: whether one method and one target are chosen, rather than several of each.
        targets: whether the target is chosen, rather than given by what the page shows.
    """
    choices = chosen(opened)
    with st.sidebar:
        _heading()
        if one:
            method_select(opened, choices)
        if not one or choices.recipe.method.uses_layer:
            _layer_select(opened, choices)
        if one and targets:
            _target_select(opened, choices)
        _scale_controls(choices, shared=shared)
        # What is seldom touched stands below: on a small screen the four above need no scrolling.
        if one and targets:
            _against_select(opened, choices)
        if one:
            method_settings(choices)
        _layer_caption(opened, choices, always=not one)
        if one:
            methods_not_offered(opened)
        _troubleshooting()


@part(HEADING)
def _heading() -> None:
    """The heading; with a dot and a way back where not everything is at its default."""
    with st.container(key="heatmap_heading", horizontal=True, vertical_alignment="center"):
        changed = _is_changed()
        st.subheader("Heatmap :primary[●]" if changed else "Heatmap", anchor=False)
        if changed:
            st.button(
                "Reset",
                key="reset_heatmap",
                type="tertiary",
                help="Method, layer, target and scale back to their defaults.",
                on_click=_reset,
            )


def _is_changed() -> bool:
    recipe = session.choices().recipe
    return recipe != recipe.reset()


def _reset() -> None:
    choices = session.choices()
    session.replace_choices(replace(choices, recipe=choices.recipe.reset()))


def layer_controls(opened: Opened, *, target: bool = True, shared: bool = True) -> None:
    """The layer, the target and the scale alone, in the sidebar, where no method plays a part.

    Args:
        opened: the project.
        target: whether the target plays one.
        shared: whether the scale does.
    """
    choices = chosen(opened)
    with st.sidebar:
        st.subheader("Layer", divider="gray")
        _layer_select(opened, choices)
        if target:
            _target_select(opened, choices)
            _against_select(opened, choices)
        if shared:
            _shared_toggle(choices)
        _layer_caption(opened, choices, always=True)
        _troubleshooting()


def _layer_select(opened: Opened, choices: Choices) -> None:
    layers = {layer.name: layer for layer in opened.project.network.layers}
    name = layer_name(opened.predictions, choices.recipe)
    select(
        "Layer",
        "layer",
        list(layers),
        name,
        say=lambda each: layer_said(layers[each]),
        help=LAYER_HELP,
    )


def _layer_caption(opened: Opened, choices: Choices, *, always: bool) -> None:
    """What the layer's maps can show, unless the method passes the layer over."""
    if always or choices.recipe.method.uses_layer:
        layer = opened.project.network.layer(layer_name(opened.predictions, choices.recipe))
        st.caption(resolution_said(layer, opened))
    else:
        one = opened.project.medium.called.one
        st.caption(f"{choices.recipe.method.title} works on the input {one}; it uses no layer.")


def _target_select(opened: Opened, choices: Choices) -> None:
    targets = _targets(opened)
    said = {option.word: option.said for option in targets.options}
    select(
        "Target",
        "target",
        list(said),
        choices.recipe.target,
        say=said.__getitem__,
        help="The output that is explained.",
    )


def _against_select(opened: Opened, choices: Choices) -> None:
    others = {option.word: option.said for option in _targets(opened).against}
    if others:
        select(
            "Against",
            "against",
            list(others),
            choices.recipe.against,
            say=others.__getitem__,
            help="Why the target and not this class: their difference is explained.",
        )


def _scale_controls(choices: Choices, *, shared: bool) -> None:
    now = choices.recipe.clipped_at
    select(
        "Scale",
        "percentile",
        sorted({*PERCENTILES, now}, reverse=True),
        now,
        say=percentile_said,
        help=PERCENTILE_HELP,
        on_change=_scaled,
    )
    if shared:
        _shared_toggle(choices)


def _scaled() -> None:
    before = _is_changed()
    store("percentile")
    heading = [HEADING] if _is_changed() != before else []
    redraw(PICTURE, *heading, SOUND, ON_BOXES, DOWNLOADS, ADDRESS)


def _shared_toggle(choices: Choices) -> None:
    toggle("Shared scale", "shared_scale", value=choices.recipe.shared_scale, help=SCALE_HELP)


def _troubleshooting() -> None:
    """Who draws, where the browser's own answer is not to be relied on; opacity and colour then."""
    choices = session.choices()
    toggle_key = "drawing_on_server"
    with st.expander("Troubleshooting", expanded=session.server_draws()):
        if browser_fails():
            st.caption("This browser does not draw the heatmaps, so the server does.")
        else:
            bind(toggle_key, choices.drawing is DrawnBy.SERVER)
            st.toggle(
                "Draw on the server",
                key=toggle_key,
                help="Only if heatmaps do not appear. Opacity then takes a round trip.",
                on_change=lambda: session.choose(
                    "drawing", DrawnBy.SERVER if st.session_state[toggle_key] else DrawnBy.BROWSER
                ),
            )
        if session.server_draws():
            slider("Opacity", "alpha", 0.0, 1.0, choices.alpha, 0.01)
            select("Colour map", "colormap", list(Colormap), choices.colormap)


def resolution_said(layer: Layer, opened: Opened) -> str:
    """What a person may read from the map, and what not."""
    medium = opened.project.medium
    size = f"{layer.height} × {layer.width} cells"
    sides = f"{medium.height / layer.height:.0f} × {medium.width / layer.width:.0f}"
    share = f"each about {sides} {medium.called.unit}"
    text = f"The map has {size}, {share} of the {medium.height} × {medium.width} input."
    if layer.receptive_field is not None:
        rows, columns = layer.receptive_field
        text += f" Receptive field: {rows} × {columns} {medium.called.short}."
    if layer.parameters:
        text += f" {counted(layer.parameters, 'weight')}."
    if layer.cells <= 16:
        text += " Coarse: it shows the region, not the outline."
    return plain(f"{text} {coverage_said(layer)}".rstrip())


def coverage_said(layer: Layer) -> str:
    """How much of the network a layer sees, where it is not all; "" where it is."""
    coverage = layer.coverage
    if not coverage.seen:
        return (
            "No branch ends in it: what it shows reaches the output only as a weight on other "
            "maps, or not at all."
        )
    if coverage.seen < coverage.branches:
        branches = f"{in_words(coverage.seen)} of {in_words(coverage.branches)} branches"
        return f"It covers {branches}; the others bypass it."
    return "A skip connection bypasses it." if coverage.bypassed else ""
