"""Layer by layer, how much of the signal is left, and the layer that is to blame."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.figures.tables import table_figure
from components.frame.text import plain
from components.frame.waiting import ready
from components.views.compare.samples import pairs
from services.choices.choices import Choices
from services.comparing.signal import POOR
from services.comparing.signals import LayerSignals
from services.predictions.comparison import NetworkComparison
from services.tasks.shown import Table

WORST = 4  # samples of the layer that is to blame


def layer_signals(
    both: NetworkComparison, choices: Choices, explain: Callable[[str], None]
) -> None:
    """The table of all layers that both networks have.

    Args:
        both: the two networks.
        choices: how heatmaps are made.
        explain: opens the sample of a tile, see `pairs`.
    """
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
        called = both.here.project.medium.called
        st.caption(f"The {called.many} that lose most there, as both networks see them.")
        pairs(both, asked.worst[:WORST].tolist(), choices, "blamed", explain)
    table_figure(
        Table(
            "Layers", tuple(each.row for each in signals), "Signal and range of each layer",
            frozenset({"values cut off", "pictures"}),
        )
    )  # fmt: skip
