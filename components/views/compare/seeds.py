"""What chance alone flips: another seed of the network beside what the other network flips."""

from __future__ import annotations

import streamlit as st

from components.figures.tables import table_figure
from components.frame.text import plain
from services.comparing.seeds import BesideSeeds
from services.predictions.comparison import NetworkComparison
from services.tasks.shown import Table


def flips_by_chance(both: NetworkComparison, seeds: NetworkComparison) -> None:
    """The flips of both comparisons, and whether the one flips more than the other."""
    beside = BesideSeeds(both, seeds)
    st.subheader("What chance alone flips")
    st.markdown(plain(beside.said))
    table_figure(
        Table("Chance", tuple(beside.rows()), "What flips beside the other network and a seed")
    )
