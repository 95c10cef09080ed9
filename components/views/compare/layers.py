"""Layer by layer, how much of the signal is left, and the layer that is to blame."""

from __future__ import annotations

import streamlit as st

from components.figures.tables import table_figure
from components.frame.text import plain
from components.frame.waiting import ready
from services.comparing.comparison import NetworkComparison
from services.comparing.signal import POOR
from services.comparing.signals import LayerSignals
from services.tasks.shown import Table


def layer_signals(both: NetworkComparison) -> None:
    """The table of all layers that both networks have."""
    st.subheader("Layer by layer")
    asked = LayerSignals(both)
    about = (
        "Asks both networks what each layer gives of the same samples: how much of the signal is "
        "left, and where values are cut off."
    )
    if not ready(asked, "signals", "Compare the layers", about):
        return
    signals = asked.found or ()
    if not signals:
        st.markdown("No layer of one network gives what a layer of the other does.")
        return
    blame = asked.culprit
    if blame is None:
        st.markdown(
            f"No layer is to blame: each keeps its signal, above {POOR:g} dB or step by step."
        )
    else:
        name = plain(signals[blame.place].layer)
        st.warning(f"**{name}** is the first layer that loses its signal: {plain(blame.said)}.")
    table_figure(
        Table(
            "Layers", tuple(each.row for each in signals), "Signal and range of each layer",
            frozenset({"values cut off", "pictures"}),
        )
    )  # fmt: skip
