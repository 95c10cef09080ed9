"""Whether both networks look at the same place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from components.frame.waiting import ready
from components.views.compare.samples import SHOWN, in_samples, pairs
from services.choices.choices import Choices
from services.choices.filter import Flipped
from services.comparing.heat import HeatsMoved, right_for_another_reason
from services.numbers import counted, percent
from services.predictions.comparison import NetworkComparison
from services.predictions.moved_heat import FAR, Heats


def where_they_look(
    both: NetworkComparison,
    seeds: NetworkComparison | None,
    choices: Choices,
    explain: Callable[[str], None],
) -> None:
    """How much of the heat moved, and the samples that are right for another reason.

    Args:
        both: the two networks.
        seeds: the one that is looked at beside another seed of it; None for none.
        choices: of the heatmaps.
        explain: opens the sample of a tile, see `pairs`.
    """
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
    _moved(heats, "")
    if seeds is not None:
        _between_seeds(seeds, choices)
    others = right_for_another_reason(both, heats)
    if len(others):
        st.markdown(
            f"{counted(len(others), 'sample is', 'samples are')} right in both networks for "
            f"another reason: more than {percent(FAR)} of the heat lies elsewhere."
        )
        pairs(both, others[:SHOWN].tolist(), choices, "reasons", explain)
        if len(others) > SHOWN:
            st.caption(f"The {SHOWN} whose heat lies farthest from where it was.")
        in_samples(both, choices, Flipped.REASON)


def _between_seeds(seeds: NetworkComparison, choices: Choices) -> None:
    asked = HeatsMoved(seeds, choices.recipe)
    about = "Makes the heatmaps of the other seed as well, and says how much moves by chance alone."
    if not ready(asked, "seed_heats", "Compare the heatmaps of the seeds", about):
        return
    if asked.found is not None and np.isfinite(asked.found.moved).any():
        _moved(asked.found, " between two seeds")


def _moved(heats: Heats, between: str) -> None:
    moved, alike = st.columns(2)
    moved.metric(f"Heat that moved{between}", percent(float(np.nanmedian(heats.moved))),
                 f"the median; a tenth above {percent(float(np.nanpercentile(heats.moved, 90)))}",
                 delta_color="off", delta_arrow="off", border=True)  # fmt: skip
    alike.metric(f"Correlation{between or ' of the heatmaps'}",
                 f"{np.nanmedian(heats.correlation):.2f}", "the median",
                 delta_color="off", delta_arrow="off", border=True)  # fmt: skip
