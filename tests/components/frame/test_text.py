"""Text from data stays text."""

from __future__ import annotations

import pytest

from components.frame.text import label, plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("car", "car"),
        ("**b**", r"\*\*b\*\*"),
        ("![x](http://e)", r"\!\[x\]\(http\:\/\/e\)".replace(r"\/", "/")),
        ("$x$", r"\$x\$"),
        (":red[a]", r"\:red\[a\]"),
        ("<i>", r"\<i\>"),
        ("one\n\n# two", r"one \# two"),
    ],
)
def test_everything_that_markdown_reads_is_escaped(text: str, escaped: str) -> None:
    assert plain(text) == escaped


def test_a_tag_is_no_tag_in_a_plotly_label() -> None:
    assert label("<b>a</b> & &lt;") == "&lt;b>a&lt;/b> &amp; &amp;lt;"
