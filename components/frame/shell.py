"""The frame around every page: its title, its icon, its style."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from components.address.address import leads_to
from components.frame.drawing import try_browser
from components.frame.navigation import navigation
from components.frame.parts import begin_page
from components.frame.presses import hear_presses
from components.frame.stranger import require_person, show_closed
from components.frame.told import tell_again
from components.programs.programs import bring_programs
from services import session
from services.page_run import page_run
from services.tasks.targets import Sight

ROOT: Final = Path(__file__).parents[2]
ICON: Final = str(ROOT / "docs" / "icon.svg")
PROJECT, SAMPLES, EXPLAIN, REVIEW, MISTAKES, WORKLIST = (
    f"pages/{name}.py"
    for name in ("project", "samples", "explain", "review", "mistakes", "worklist")
)
LAYERS, EMBEDDINGS, SCAN, NETWORK, EXPORT, COMPARE = (
    f"pages/{name}.py" for name in ("layers", "embeddings", "scan", "network", "export", "compare")
)
_PAGE: Final = "page_drawn"
_FORM: Final = "opening_form"
_WITH_SIDEBAR: Final = frozenset(
    {
        "samples",
        "explain",
        "review",
        "mistakes",
        "scan",
        "layers",
        "embeddings",
        "compare",
        "device",
        "export",
    }
)
_FRAMED: Final = "framed"  # set by dashboard.py for the page that it is about to run
# Streamlit writes in white on the primary colour, too faint in the dark theme, and
# lets a row of buttons run out of a narrow page.
_STYLE: Final = """<style>
.st-key-programs, .st-key-ear { display: none; }
.stMultiSelect [data-tag] {
  background: transparent; color: inherit; border: 1px solid currentColor; }
.st-key-to_sections { padding-left: 0.5rem; }
.st-key-to_sections :is(p, a) { color: inherit; font-size: 0.875rem; }
.st-key-to_sections a { text-decoration: none; margin-left: 0.3rem; }
.st-key-to_sections a:hover { text-decoration: underline; }
.st-key-filter_chips button, [class*="st-key-drop_"] button {
  border-radius: 1rem; min-height: 2rem; padding: 0.1rem 0.75rem; }
@media (max-width: 640px) {
  .st-key-stepper [data-testid=stColumn] { min-width: 0; flex: 1 1 40%; }
  .st-key-stepper [data-testid=stColumn]:nth-child(2) { order: -1; flex-basis: 100%; } }
.st-key-worst_said { min-height: 2.6rem; }
/* The room of a widget until its program is there: of most a label and a line. */
[data-testid=stSidebar] [data-testid=stSkeleton] { min-height: 4.25rem; }
:is(.st-key-figures, .st-key-totals) [data-testid=stColumn] { min-height: 6.75rem; }
.st-key-figures [data-testid=stColumn]:last-child,
.st-key-network_figures [data-testid=stColumn] { min-height: 8.4rem; }
.st-key-blocks { min-height: 26rem; }
.st-key-view { min-width: 16.6rem; }
.st-key-keys { min-width: 10.4rem; }
.st-key-verdict { min-width: 17rem; }
.st-key-tiles { min-width: 9.5rem; }
.st-key-by { min-width: 13rem; }
/* At least 24 px to touch, without moving what is around or what is seen. */
[data-testid=stTooltipHoverTarget] > button[aria-label^="Help for"] {
  box-sizing: content-box; padding: 4px; margin: -4px; }
.stSlider [data-rac][style*="translate(-50%"] {
  box-sizing: content-box; border: 6px solid transparent; background-clip: padding-box; }
:is([data-testid=stBaseButton-primary],
  [data-testid=stBaseButton-primaryFormSubmit]):not(:disabled) {
  color: light-dark(#ffffff, #161412) !important; }
.stButtonGroup [role=radiogroup] { flex-wrap: wrap; row-gap: 1px; }
.stButtonGroup [role=radio]:not([aria-checked=true]) { border-right: 1px solid #8884; }
</style>"""


def run(opening_form: Callable[[], None], refused: str = "") -> None:
    """Set the frame up and run the page; what `dashboard.py` does.

    Args:
        opening_form: draws what opens a project, where a page has none to show.
        refused: why nobody is shown anything; "" where people are.
    """
    st.session_state[_FORM] = opening_form
    begin_page()
    st.set_page_config(page_icon=ICON, layout="wide")  # the title is the header's
    st.logo(ICON, size="large")
    st.html(_STYLE)
    if refused:
        show_closed(refused)
    require_person()
    page = navigation(_home)
    st.session_state[_FRAMED] = True
    if st.session_state.get(_PAGE) != page.url_path:
        st.session_state[_PAGE] = page.url_path
        tell_again()
    if page.url_path in _WITH_SIDEBAR:
        st.sidebar.html("<i></i>")  # it opens before the page draws, which would be pushed aside
    with bring_programs(), page_run(page.url_path):
        page.run()
    hear_presses()
    if page.url_path:  # no choice is known before the first page
        try_browser()


def draw_opening_form() -> None:
    """Draw what opens a project."""
    st.session_state[_FORM]()


def ensure() -> None:
    """Have the frame, also where a deep link on a fresh server ran a page without `dashboard.py`.

    Until `st.navigation` is called for the first time in a process, Streamlit takes every file in
    `pages/` for a page of its own. Calling it here ends that, and the page runs again in its frame.
    """
    if not st.session_state.pop(_FRAMED, False):
        require_person()
        navigation(_home)
        st.rerun()


def open_in_explain(sample: str, within: str = "", sight: Sight | None = None) -> None:
    """Open a sample in Explain; for callbacks.

    Args:
        sample: its id.
        within: the list that it stands in, which Explain then goes through; see `services.lists`.
        sight: what is explained of it alone; None for the chosen target.
    """
    session.replace_choices(session.choices().at_sample(sample, within, sight))
    session.go_to(EXPLAIN)


def page_path() -> str:
    """The path of the page that is drawn."""
    return str(st.session_state.get(_PAGE, ""))


def page_title() -> str:
    """The title of the page that is drawn."""
    return page_path().capitalize()


def on_project_page() -> bool:
    """Whether the page that is drawn is the one where projects are opened."""
    return page_path() == "project"


def _home() -> None:
    st.session_state.pop(_FRAMED)
    leads_to("project")
