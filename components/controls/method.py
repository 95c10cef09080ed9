"""The method of a heatmap and its settings, in the sidebar."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components.controls.binding import bind, segments, select, toggle
from components.frame.text import plain
from gradcam import METHODS, Method, Parameter, Pooling, fitting_methods
from services import session
from services.choices.choices import Choices
from services.choices.recipe import UNCHOSEN
from services.opening.opening import Opened

AUTO_HELP = "If off, slow methods wait for a button."


def chosen_method(opened: Opened) -> Method:
    """The chosen method; the project's default where nobody chose one that fits the network."""
    usual = opened.project.usual.method
    choice = session.choices().recipe.settled(usual).method
    return choice if choice.fits(opened.project.network) else usual


def method_select(opened: Opened, choices: Choices) -> None:
    """The method, and why it is the default where that is not Grad-CAM."""
    method = choices.recipe.method
    select(
        "Method",
        "method",
        list(fitting_methods(opened.project.network)),
        method,
        say=lambda each: each.title,
        help=f"{method.help} It takes {method.need}. Source: {method.source}.",
        on_change=partial(_method_chosen, opened.project.usual.method),
    )
    usual = opened.project.usual
    if usual.why and method == usual.method:
        st.caption(plain(usual.why))


def _method_chosen(usual: Method) -> None:
    """Keep the method; the default as nobody's choice, so that a link need not say it."""
    if (method := st.session_state["method"]) is not None:
        session.choose("method", UNCHOSEN if method == usual else method)


def method_settings(choices: Choices) -> None:
    """What the method lets a person set, and whether a slow one waits for a button."""
    method = choices.recipe.method
    if choices.recipe.settings.keys() == {"pooling"}:
        pooling = method.parameters[0]
        segments("Pooling of gradients", "pooling", list(Pooling), choices.recipe.pooling,
                 help=pooling.help)  # fmt: skip
    elif method.parameters:
        with st.expander(f"Settings of {method.title}"):
            for parameter in method.parameters:
                _setting(parameter, choices)
    if method.slow:
        toggle("Run automatically", "auto", value=choices.auto, help=AUTO_HELP)


def _setting(parameter: Parameter, choices: Choices) -> None:
    """A widget for one of the method's parameters; together they are one choice."""
    key, value = f"set_{parameter.name}", choices.recipe.settings[parameter.name]

    def keep() -> None:
        if session.choices().recipe.method != choices.recipe.method:  # it was put right
            session.choose("method", choices.recipe.method)
        now = session.choices().recipe
        settings = {**now.settings, parameter.name: st.session_state[key]}
        session.choose("method_settings", now.method.write_settings(settings))

    bind(key, value)
    label, about = parameter.name.capitalize(), parameter.help
    if parameter.options:
        st.selectbox(label, parameter.options, key=key, help=about, on_change=keep)
    elif isinstance(parameter.default, int):
        low, high = int(parameter.low), int(parameter.high)
        st.number_input(label, low, high, step=1, key=key, help=about, on_change=keep)
    else:
        st.number_input(
            label, float(parameter.low), float(parameter.high), step=0.01, key=key, help=about,
            on_change=keep,
        )  # fmt: skip


def methods_not_offered(opened: Opened) -> None:
    """Say of each method that the network cannot be asked for why; nothing where it can all."""
    network = opened.project.network
    fits = [each.fits(network) for each in METHODS.values() if each.meant_for(network)]
    if reasons := [fit.reason for fit in fits if not fit]:
        with st.expander(
            "1 method does not fit this network"
            if len(reasons) == 1
            else f"{len(reasons)} methods do not fit this network"
        ):
            st.markdown("\n".join(f"- {plain(reason)}" for reason in reasons))
