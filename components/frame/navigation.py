"""The navigation above every page: three sections and the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cache
from typing import Final

import streamlit as st

SECTIONS: Final = {
    "Data": ("project", "samples"),
    "Why": ("explain", "review", "mistakes", "scan"),
    "Network": ("layers", "embeddings", "network"),
}
LAST: Final = "export"  # a section of one page is a link
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
    sections = {section: [*map(copy, pages)] for section, pages in _pages(home).items()}
    page = st.navigation(sections, position="top")
    st.html(_STYLE % _place(page.url_path))
    return page


@cache
def _pages(home: Callable[[], None]) -> Mapping[str, Sequence[st.Page]]:
    """By section; each looks its file up, so they are made once."""
    # No icons: the browser would fetch a page's icon from another server, as favicon.
    # The default page has no path of its own, so it only leads to the first real one.
    first = st.Page(home, title="Home", default=True, visibility="hidden")
    sections = {section: [_page(name) for name in names] for section, names in SECTIONS.items()}
    return {"": [first, _page(LAST)], **sections}


def _page(name: str) -> st.Page:
    return st.Page(f"pages/{name}.py", title=name.capitalize(), url_path=name)


def _place(name: str) -> int:
    """Where a page's section stands among the children of the navigation, from 1."""
    within = [name in names for names in ((LAST,), *SECTIONS.values())]
    return within.index(True) + 1 if any(within) else 0
