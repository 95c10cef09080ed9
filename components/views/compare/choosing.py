"""Which network is set beside the one that is looked at."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import bind, store
from components.frame import shell
from components.frame.waiting import ready
from services import session
from services.choices.choices import Choices
from services.choices.flipped import judging_of
from services.comparing.beside import NetworkBeside
from services.opening.opening import Opened
from services.predictions.beside import chosen_beside, comparison_beside, others_of
from services.predictions.comparison import NetworkComparison

NONE = (
    "This project holds one network. Put another into its folder, such as the int8 file beside the "
    "float one or the network of before the retraining, and both can be set side by side here."
)


def set_beside(opened: Opened, choices: Choices) -> NetworkComparison | None:
    """Choose the other network, and have it opened; None until it is there."""
    others = others_of(opened.project)
    if not others:
        with st.container(key="nothing_beside"):
            st.markdown(NONE)
            st.button(
                "Open another project", key="open_another", icon=":material/folder_open:",
                on_click=session.go_to, args=(shell.PROJECT,),
            )  # fmt: skip
        return None
    chosen = chosen_beside(opened.project, choices.filter.beside)
    bind("beside", chosen)
    st.selectbox(
        f"Set beside {opened.project.network.name}",
        list(others),
        key="beside",
        format_func=others.__getitem__,
        on_change=store,
        args=("beside",),
    )
    asked = NetworkBeside(opened, chosen, session.access_to(opened.reference))
    about = f"Opens {others[chosen]} and asks it of the same samples."
    if not ready(asked, "beside", "Set it beside", about, main=True):
        return None
    return comparison_beside(opened.predictions, chosen, judging_of(choices.filter))
