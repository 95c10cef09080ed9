"""Which network is set beside the one that is looked at, and which tells what chance flips."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.controls.binding import select
from components.frame import shell
from components.frame.text import plain
from components.frame.waiting import ready
from components.views.compare.samples import THERE
from services import session
from services.choices.choices import Choices
from services.choices.flipped import judging_of
from services.comparing.beside import NetworkBeside
from services.comparing.exchange import exchanged
from services.opening.opening import Opened
from services.predictions.beside import chosen_beside, comparison_beside, others_of, seeds_of
from services.predictions.comparison import NetworkComparison

NONE = (
    "This project holds one network. Put another into its folder, such as the int8 file beside the "
    "float one or the network of before the retraining, and both can be set side by side here."
)
SEED = (
    "A network trained as this one was, with another seed. What flips between these two flips by "
    "chance; it is shown beside what flips in the comparison."
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
    network, seeds = opened.project.network.name, seeds_of(opened.project, chosen)
    with st.container(key="networks", horizontal=True, vertical_alignment="bottom"):
        select(f"Set beside {network}", "beside", list(others), chosen, say=others.__getitem__)
        if seeds:
            named = {"": "none", **seeds}
            seed = choices.baseline if choices.baseline in seeds else ""
            select(f"Another seed of {network}", "baseline", list(named), seed,
                   say=named.__getitem__, help=SEED)  # fmt: skip
    about = f"Opens {others[chosen]} and asks it of the same samples."
    return _compared(opened, choices, chosen, "beside", "Set it beside", about)


def explaining(opened: Opened, choices: Choices) -> Callable[[str], None]:
    """What opens the sample of a tile in Explain, in the network whose tile it is; for callbacks.

    The other network is kept in mind, so that Explain has the way to it, and back.
    """
    chosen = chosen_beside(opened.project, choices.filter.beside)

    def explain(tile: str) -> None:
        now = session.choices().having(beside=chosen)
        if tile.startswith(THERE):
            now = exchanged(now, opened, chosen)
        session.replace_choices(now)
        shell.open_in_explain(tile.removeprefix(THERE))

    return explain


def other_network(opened: Opened) -> None:
    """On Explain: the way to the other network at this sample, once two were compared."""
    others, chosen = others_of(opened.project), session.choices().filter.beside
    if chosen not in others:
        return

    def exchange() -> None:
        session.replace_choices(exchanged(session.choices(), opened, chosen))

    st.button(
        plain(f"Explain it in {others[chosen]}"), key="exchange_networks",
        icon=":material/swap_horiz:", on_click=exchange,
        help="The same sample as the network beside this one on Compare sees it.",
    )  # fmt: skip


def seeds_beside(opened: Opened, choices: Choices) -> NetworkComparison | None:
    """The network that is looked at beside another seed of it; None for none, and until then."""
    seeds = seeds_of(opened.project, chosen_beside(opened.project, choices.filter.beside))
    if choices.baseline not in seeds:
        return None
    about = f"Opens {seeds[choices.baseline]} and asks it of the same samples, as another seed."
    return _compared(opened, choices, choices.baseline, "baseline", "Set the seed beside", about)


def _compared(
    opened: Opened, choices: Choices, chosen: str, key: str, label: str, about: str
) -> NetworkComparison | None:
    asked = NetworkBeside(opened, chosen, session.access_to(opened.reference))
    if not ready(asked, key, label, about, main=key == "beside"):
        return None
    return comparison_beside(opened.predictions, chosen, judging_of(choices.filter))
