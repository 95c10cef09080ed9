"""Whether both networks look at the same place."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.frame.waiting import ready
from components.views.compare.samples import SHOWN, in_samples, pairs
from services.choices.choices import Choices
from services.choices.filter import Flipped
from services.comparing.heat import HeatsMoved, right_for_another_reason
from services.numbers import counted, percent
from services.predictions.comparison import NetworkComparison
from services.predictions.moved_heat import FAR


def where_they_look(both: NetworkComparison, choices: Choices) -> None:
    """How much of the heat moved, and the samples that are right for another reason."""
    st.subheader("Where they look")
    asked = HeatsMoved(both, choices.recipe)
    about = (
        f"Makes both heatmaps of {counted(len(both), 'sample')} and says how much of the heat "
        "moved."
    )
    if not ready(asked, "heats", "Compare the heatmaps", about):
        return
    heats = asked.found
    if heats is None or not np.isfinite(heats.moved).any():
        st.markdown("There is no sample of which both heatmaps show anything.")
        return
    moved, alike = st.columns(2)
    moved.metric("Heat that moved", percent(float(np.nanmedian(heats.moved))),
                 f"the median; a tenth of the samples above "
                 f"{percent(float(np.nanpercentile(heats.moved, 90)))}",
                 delta_color="off", delta_arrow="off", border=True)  # fmt: skip
    alike.metric("Correlation of the heatmaps", f"{np.nanmedian(heats.correlation):.2f}",
                 "the median", delta_color="off", delta_arrow="off", border=True)  # fmt: skip
    others = right_for_another_reason(both, heats)
    if len(others):
        st.markdown(
            f"{counted(len(others), 'sample is', 'samples are')} right in both networks for "
            f"another reason: more than {percent(FAR)} of the heat lies elsewhere."
        )
        pairs(both, others[:SHOWN].tolist(), choices, "reasons")
        in_samples(both, choices, Flipped.REASON)
