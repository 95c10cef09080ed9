"""Browser components whose program is sent to a browser once.

Streamlit sends a component's program and style along with its data, each time the data changes:
30 kB beside a heatmap of 5. Here a component is a line that waits for its program; the programs are
the data of one component that stays the same, so that Streamlit replaces it by a hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

KEY: Final = "programs"  # of the component that brings them, one a page
_FOLDER: Final = Path(__file__).parent
_PROGRAM_OF: Final = (_FOLDER / "program_of.js").read_text(encoding="utf-8")
_bring = st.components.v2.component(
    "gradcam.programs",
    html="<span hidden></span>",
    js=_PROGRAM_OF + (_FOLDER / "programs.js").read_text(encoding="utf-8"),
)
_programs: dict[str, dict[str, str]] = {}


def browser_component(
    name: str,
    folder: Path,
    scripts: Sequence[str],
    style: str,
    *,
    before: str = "",
    html: str = "",
    style_first: bool = False,
) -> ComponentRenderer:
    """Register a component; `bring_programs` has to be around each page.

    Args:
        name: of the component, and of the class of its element.
        folder: where its files lie.
        scripts: the files that its program is made of, in order; they export what draws it.
        style: the file of its style.
        before: what stands before the scripts.
        html: what its element holds.
        style_first: whether its style is sent along, for an element that is seen without program.
    """
    whole = before + "\n".join((folder / each).read_text(encoding="utf-8") for each in scripts)
    css = (folder / style).read_text(encoding="utf-8")
    _programs[name] = {"script": whole, "style": "" if style_first else css}
    return st.components.v2.component(
        f"gradcam.{name}",
        html=f'<div class="{name}">{html}</div>',
        css=css if style_first else None,
        js=f"{_PROGRAM_OF}export default async (component) =>\n"
        f'  (await programOf("{name}").ready)(component)\n',
    )


@contextmanager
def bring_programs() -> Iterator[None]:
    """Have the browser know all programs; around a page.

    Those of components that this page is the first of the process to import come after it.
    """
    before = dict(_programs)
    _bring(data=json.dumps(before).encode(), key=KEY)
    try:
        yield
    finally:  # a page that stops early needs them as well
        if new := {name: _programs[name] for name in _programs.keys() - before.keys()}:
            _bring(data=json.dumps(new).encode(), key=f"{KEY}_new")
