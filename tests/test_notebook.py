"""The notebook, run from start to end on the demo."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[1]
NEEDED = (
    "block.py", "demo", "gradcam", "requirements.txt", "requirements-without-tensorflow.txt",
    "services",
)  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    for name in NEEDED:
        (folder / name).symlink_to(ROOT / name)
    notebook = nbformat.read(ROOT / "gradcam.ipynb", as_version=4)
    nbformat.validate(notebook)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(folder / "cache"))
        patch.delenv("EI_API_KEY", raising=False)
        client = NotebookClient(
            notebook, timeout=PATIENCE, resources={"metadata": {"path": folder}}
        )
        client.execute()
    return folder, [cell for cell in notebook.cells if cell.cell_type == "code"]


def told(cell):
    """Everything that a cell shows, as text."""
    return "".join(
        output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        for output in cell.outputs
    )


def test_it_has_five_short_cells(done):
    _, cells = done
    assert len(cells) == 5
    assert all(len(cell.source.splitlines()) <= 16 for cell in cells)


def test_what_it_works_on_is_named_in_its_first_cell_alone(done):
    first, *others = (cell.source for cell in done[1])
    named = r"^(REPOSITORY|SOURCE) = "
    assert re.findall(named, first, re.MULTILINE) == ["REPOSITORY", "SOURCE"]
    assert not [cell for cell in others if re.search(rf"{named}|demo:|folder:|https?:", cell)]


def test_it_opens_the_demo_where_there_is_no_key(done):
    assert "Car or not 160 samples, 81.9% correct" in told(done[1][1])


def test_it_explains_every_sample(done):
    folder, cells = done
    assert "'explained': 160" in told(cells[2])
    assert "'incorrect': 29" in told(cells[2])
    assert (folder / "gradcam-output" / "deploy.zip").is_file()


def test_it_shows_the_worst_mistakes_and_the_file(done):
    cells = done[1]
    pictures = [o for o in cells[3].outputs if "image/jpeg" in o.get("data", {})]
    assert len(pictures) == 3
    assert "deploy.zip" in told(cells[4])


def test_no_key_and_no_result_is_kept_in_it():
    text = (ROOT / "gradcam.ipynb").read_text(encoding="utf-8")
    assert "ei_" not in text.replace('"ei_…', "")
    stored = nbformat.reads(text, as_version=4)
    assert all(not cell.get("outputs") for cell in stored.cells)
