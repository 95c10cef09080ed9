"""What a network of whole numbers answers in its other arithmetic: computed once somebody asks."""

from __future__ import annotations

from components.controls.binding import toggle
from components.frame.waiting import ready
from services import session
from services.opening.opening import Opened
from services.predictions.both_arithmetics import OtherArithmetic

CHANGES = "Answer changes with the arithmetic"
CHANGES_HELP = (
    "Only samples that get another answer when the network rounds in its other way, see the switch "
    "at the top of the page."
)


def has_arithmetics(opened: Opened) -> bool:
    """Whether there is another arithmetic to compare with."""
    return bool(OtherArithmetic(opened.predictions).fit)


def arithmetics_ready(opened: Opened) -> bool:
    """Whether the answers of the other arithmetic are there; if not, it shows what to do."""
    asked = OtherArithmetic(opened.predictions)
    other = asked.arithmetic.said if asked.arithmetic else ""
    about = f"The same samples can be predicted {other}, to see which answers change."
    return ready(asked, "arithmetics", "Compare the arithmetics", about)


def changes_toggle(opened: Opened) -> None:
    """A filter; nothing for a network of one arithmetic."""
    if has_arithmetics(opened):
        value = session.choices().filter.changes
        toggle(CHANGES, "changes", value=value, help=CHANGES_HELP)
