"""Can this heatmap be trusted? A badge under it, its curves, and what shuffled weights do to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.figures.checks import curves_figure, similarity_figure
from components.figures.plot import plot
from components.frame.text import plain
from components.frame.waiting import ready
from components.views.checked import GLYPHS_SAID, OUTCOME_GLYPHS, figures_caption
from gradcam.truth import ControlledFigures, MapFigures, Outcome
from services.choices.recipe import Recipe
from services.heatmaps.checks import Measurement, Shuffle, check, known_check
from services.heatmaps.heatmaps import Heatmap
from services.numbers import counted
from services.opening.opening import Opened

BADGES = {
    Outcome.SUPPORTED: ("green", "The heat lies where it counts:"),
    Outcome.NO_BETTER: ("orange", "No better than chance:"),
    Outcome.WORSE: ("red", "The heat lies beside what counts:"),
    Outcome.NOTHING_TO_SAY: ("gray", "Nothing to tell:"),
}


def badge(opened: Opened, position: int, heatmap: Heatmap, recipe: Recipe) -> DeltaGenerator | None:
    """What hiding the hottest fifth does; drawn after the picture stands.

    Returns:
        Where the heatmap is blank or does no better than chance, a place beside the sentence for
        the way to one that tells more; else None.
    """
    if heatmap.reason is not None:  # the board says it already
        return st.container()
    with st.container(key="truth"):
        with st.container(horizontal=True, vertical_alignment="center"):
            place = st.container(width="stretch").empty()
            beside = st.container(width="content")
        place.markdown(":gray[Checking the heatmap …]")
        checked = check(opened.predictions, position, heatmap, recipe)
        names = opened.project.task.targets(opened.project.network).names(heatmap.target)
        colour, verdict = BADGES[checked.outcome]
        words = plain(checked.sentence(*names)).removesuffix(".")
        place.markdown(f":{colour}[{OUTCOME_GLYPHS[checked.outcome]}] **{verdict}** {words}.")
        if checked.outcome is not Outcome.NOTHING_TO_SAY:
            st.caption(_scatter(checked.part))
    return beside if checked.outcome in {Outcome.NO_BETTER, Outcome.WORSE} else None


def short_proofs(opened: Opened, position: int, several: Sequence[tuple[Heatmap, Recipe]]) -> None:
    """Have heatmaps checked that stand on a board, which tells what came of each.

    The board is drawn first, so that nobody waits for a picture; the page is drawn again with the
    figures once they are there.

    Args:
        opened: the project.
        position: of the sample.
        several: the heatmaps, and what each was made with.
    """
    with st.container(key="truth"):
        known = [known_check(opened.predictions, position, *one) for one in several]
        todo = [one for one, checked in zip(several, known, strict=True) if checked is None]
        if not todo:
            parts = dict.fromkeys(checked.part for checked in known if checked is not None)
            said = " ".join(
                f"{figures_caption(part)} {GLYPHS_SAID} {_scatter(part)}" for part in parts
            )
            st.caption(said)
            return
        st.caption(f"Checking {counted(len(todo), 'heatmap')} …")
    for heatmap, recipe in todo:
        check(opened.predictions, position, heatmap, recipe)
    st.rerun()


def _scatter(part: str) -> str:
    return (
        f"± is two standard deviations over eight random {part}s, at least 2 %: a difference "
        "within it is chance."
    )


def proof(opened: Opened, position: int, heatmap: Heatmap, recipe: Recipe) -> None:
    """The longer measurements, each on its button."""
    st.subheader("Can this heatmap be trusted?", divider="gray", anchor=False)
    curves, shuffled = st.columns(2, gap="large")
    with curves:
        _curves(Measurement(opened.predictions, position, heatmap, recipe))
    with shuffled:
        _shuffled(Shuffle(opened.predictions, recipe))


def _curves(asked: Measurement) -> None:
    st.markdown("**Deletion and insertion**")
    if asked.heatmap.reason is not None:
        st.caption("There is no map to measure.")
        return
    one = asked.predictions.project.medium.called.one
    about = f"Hides and shows the {one} part by part, beside random and uniform maps."
    if not ready(asked, "measure", "Measure this heatmap", about):
        return
    controlled = asked.found
    if controlled is None:
        return
    plot(curves_figure(controlled), "curves", "Deletion and insertion, beside random maps")
    st.caption(_curves_said(controlled))
    st.table(_rows(controlled))


def _curves_said(controlled: ControlledFigures) -> str:
    moves = "moves the value" if controlled.is_value else "lowers the score"
    hidden = "faster" if controlled.deletion_beats_random else "no faster"
    shown = "faster" if controlled.insertion_beats_random else "no faster"
    return (
        f"Hiding the hottest parts first {moves} {hidden} than a random order; "
        f"showing them first restores it {shown}. Area under the curve:"
    )


def _rows(controlled: ControlledFigures) -> list[dict[str, str]]:
    named = {
        "this heatmap": controlled.own,
        "random maps": controlled.random,
        "uniform map": controlled.uniform,
    }
    return [{"": name, **_figures(each, value=controlled.is_value)} for name, each in named.items()]


def _figures(of: MapFigures, *, value: bool) -> dict[str, str]:
    told = {"deletion": f"{of.deletion.area:.3f}", "insertion": f"{of.insertion.area:.3f}"}
    if value:
        return told
    return told | {"drop": f"{100 * of.drop:.0f} %", "increase": "yes" if of.increase else "no"}


def _shuffled(asked: Shuffle) -> None:
    st.markdown("**Weight shuffling**")
    about = (
        f"{asked.recipe.method.title} again while the weights are shuffled, layer by layer from "
        "the output down: the heatmaps have to change."
    )
    if not ready(asked, "shuffle", "Shuffle the weights", about):
        return
    shuffling = asked.found
    if shuffling is None:
        return
    plot(
        similarity_figure(shuffling),
        "similarity",
        "Similarity of the heatmaps while layer after layer is shuffled",
    )
    st.caption(shuffling.sensitivity.value)
