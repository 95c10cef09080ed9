"""What the README shows has to run, and what it lists has to be all there is."""

import re
from pathlib import Path

import numpy as np
import pytest

import gradcam

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    block
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    if "load_network" in block
]


@pytest.mark.parametrize("block", BLOCKS, ids=["explain", "steps"])
def test_the_python_of_the_readme_runs(block, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    names = {}
    exec(compile(block, "README.md", "exec"), names)
    raw, picture, image = names["result"].maps[0], names["picture"], names["image"]
    assert gradcam.degenerate_reason(raw) is None
    assert picture.shape == image.shape
    assert np.abs(picture.astype(int) - image).mean() > 10  # there is heat on it
    if "quick" in block:
        assert re.search(r"takes car from 1?\d+ % to \d+ %", capsys.readouterr().out)


def test_what_explain_does_takes_five_lines():
    block = BLOCKS[0]
    lines = [
        line for line in block.splitlines() if line and not line.startswith(("import", "from"))
    ]
    assert len(lines) == 5


def test_every_method_is_listed_with_its_source():
    for method in gradcam.METHODS.values():
        if not method.control:
            assert f"| `{method.name}` |" in README
            assert method.source.rpartition(", ")[2] in README


@pytest.mark.parametrize("text", ["CONTRIBUTING.md", "docs/features.md"])
def test_files_that_the_docs_name_are_there(text):
    said = (ROOT / text).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:components|gradcam|pages|services|tests)/[\w/]+\.py)", said))
    assert named
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []
