"""The layer and the method that tell more, where the usual ones tell too little: one click away."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.frame.text import plain
from components.frame.waiting import ready
from gradcam import METHODS
from gradcam.truth import Recommendation
from services import session
from services.choices.recipe import UNCHOSEN, Recipe
from services.heatmaps.heatmaps import layer_name
from services.heatmaps.recommending import Recommending, candidate_said, gains_said
from services.opening.opening import Opened

ABOUT = "Tries the fast methods on several layers and samples and ranks them."


def recommended(
    opened: Opened,
    recipe: Recipe,
    *,
    tells_little: bool = True,
    beside: DeltaGenerator | None = None,
) -> Recommendation | None:
    """Draw what is recommended, once it is known; it is looked for in the background.

    Args:
        opened: the project.
        recipe: as it is chosen now.
        tells_little: whether what is shown leaves a question, so that it is also said where there
            is nothing better.
        beside: where the button goes; None for beside the recommendation.

    Returns:
        What is recommended; None while nobody knows.
    """
    asked = Recommending(opened.predictions)
    if not asked.fit:
        return None
    with st.container(key="recommended"):
        if not ready(asked, "recommend", "Compare layers and methods", ABOUT, auto=True):
            return None
        made = asked.found
        if made is not None and (tells_little or not made.is_usual):
            _drawn(opened, recipe, made, beside)
    return made


def finer_method(opened: Opened, recipe: Recipe, beside: DeltaGenerator | None = None) -> bool:
    """Draw the method that shows what no layer's map can, if the network has one.

    Args:
        opened: the project.
        recipe: as it is chosen now.
        beside: where the button goes; None for beside the recommendation.

    Returns:
        Whether it has one, so that comparing methods of a layer would mislead.
    """
    usual = opened.project.usual
    if usual.finer is None:
        return False
    with st.container(key="recommended"):
        name, why = usual.finer.title, plain(usual.why_finer)
        if recipe.method == usual.finer:
            st.caption(f"✓ {name} is recommended. {why}")
        else:
            st.markdown(f"**Recommended: {name}.** {why}")
            (beside or st).button(
                f"Use {name}",
                key="take_finer",
                help=f"It takes {usual.finer.need}.",
                on_click=session.choose,
                args=("method", usual.finer),
            )
    return True


def _drawn(
    opened: Opened, recipe: Recipe, made: Recommendation, beside: DeltaGenerator | None
) -> None:
    best, name = made.best.candidate, plain(candidate_said(made.best.candidate))
    chosen = (layer_name(opened.predictions, recipe), recipe.method.name) == (
        best.layer,
        best.method,
    )
    reason = plain(made.reason.value)
    if made.is_usual:
        st.caption(reason if chosen else f"{name} is the default. {reason}")
    elif chosen:
        st.caption(f"✓ {name} is recommended. {plain(gains_said(made))} {reason}")
    else:
        st.markdown(f"**Recommended: {name}.** {plain(gains_said(made))} {reason}")
    if not chosen:
        (beside or st).button(f"Use {name}", key="take_recommended", on_click=_take, args=(made,))


def _take(made: Recommendation) -> None:
    is_usual = made.best.candidate.method == made.usual.candidate.method
    session.choose("method", UNCHOSEN if is_usual else METHODS[made.best.candidate.method])
    session.choose("layer", made.best.candidate.layer)
