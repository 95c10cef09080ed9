"""The navigation above every page: three sections and the export."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import cache
from typing import Final

import streamlit as st

from services import session
from services.people.person import Action, Person, may

SECTIONS: Final = {
    "Data": ("project", "samples"),
    "Why": ("explain", "review", "mistakes", "scan", "worklist"),
    "Network": ("layers", "embeddings", "network", "compare", "device"),
}
ADMIN: Final = "admin"
LINKS: Final = ("export", ADMIN)  # a section of one page is a link
TOGETHER: Final = frozenset({"worklist", ADMIN})  # pages that make no sense for one person alone
# Streamlit puts pages of no section before the others, and does not mark the section of a page.
_STYLE: Final = """<style>
[data-testid=stTopNav] > :has([data-testid=stTopNavLink]) { order: 9 !important; }
[data-testid=stSidebarNavItems] { display: flex; flex-direction: column; }
[data-testid=stSidebarNavItems] > li { order: 9; }
[data-testid=stTopNav] > :nth-child(%d) p { font-weight: 600; }
</style>"""


def navigation(home: Callable[[], None]) -> st.Page:
    """Draw the navigation and give the page that was asked for.

    Args:
        home: what the address without a page shows; it has no place in the navigation.
    """
    # Streamlit marks the page that is to run, so each run has its own.
    hidden = _hidden(session.person())
    sections = {s: [*map(copy, pages)] for s, pages in _pages(home, hidden).items()}
    page = st.navigation(sections, position="top")
    st.html(_STYLE % _place(page.url_path, hidden))
    return page


def _hidden(person: Person) -> frozenset[str]:
    """Pages that stand in no navigation of a person's; they refuse by themselves what they must."""
    if not person.signed_in:
        return TOGETHER
    return frozenset() if may(person, Action.ADMINISTER) else frozenset({ADMIN})


@cache
def _pages(home: Callable[[], None], hidden: frozenset[str]) -> Mapping[str, Sequence[st.Page]]:
    """By section; each looks its file up, so they are made once."""
    # No icons: the browser would fetch a page's icon from another server, as favicon.
    # The default page has no path of its own, so it only leads to the first real one.
    first = st.Page(home, title="Home", default=True, visibility="hidden")
    sections = {
        section: [_page(name, hidden) for name in names] for section, names in SECTIONS.items()
    }
    return {"": [first, *(_page(name, hidden) for name in LINKS)], **sections}


def _page(name: str, hidden: Collection[str]) -> st.Page:
    return st.Page(
        f"pages/{name}.py", title=name.capitalize(), url_path=name,
        visibility="hidden" if name in hidden else "visible",
    )  # fmt: skip


def _place(name: str, hidden: Collection[str]) -> int:
    """Where a page's section stands among the children of the navigation, from 1."""
    links = ((link,) for link in LINKS if link not in hidden)
    within = [name in names for names in (*links, *SECTIONS.values())]
    return within.index(True) + 1 if any(within) else 0
