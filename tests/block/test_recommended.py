"""--layer recommended and --method recommended: what is taken is said, and stands in the record."""

import pytest

from tests.services.export.exports import manifest_of
from tests.services.heatmaps.test_recommending import pictures, two_branches


@pytest.fixture
def folder(tmp_path):
    """A project whose last layer says nothing, since its branch is idle."""
    folder = tmp_path / "branches"
    (folder / "testing" / "bright").mkdir(parents=True)
    pictures(folder / "testing" / "bright", 12)
    two_branches().save(folder / "model.keras")
    (folder / "project.toml").write_text('classes = ["bright", "dark"]\ndata = "testing"\n')
    return folder


TAKEN = [
    (("--layer", "recommended", "--method", "recommended"), ("sees", "grad-cam"), "better"),
    (("--layer", "recommended"), ("sees", "grad-cam"), "better"),
    (("--layer", "recommended", "--method", "hires-cam"), ("sees", "hires-cam"), "better"),
    (("--layer", "sees", "--method", "recommended"), ("sees", "grad-cam"), "usual"),
    (("--method", "recommended"), ("idle", "grad-cam"), "none"),
    ((), ("idle", "grad-cam"), ""),
]
SAID = {
    "better": "It is clearly better than the default layer and method.",
    "usual": "The default layer and method do well on the samples that were tried.",
    "none": "None of the layers and methods that were tried is better than chance.",
}


@pytest.mark.parametrize(("words", "expected", "why"), TAKEN)
def test_what_is_left_open_is_tried_and_the_record_names_it(
    run, folder, output, words, expected, why
):
    done = run("--project", folder, *words, "--output", output)
    assert done.code == 0
    told = manifest_of(output)["settings"]
    assert (told["layer"], told["method"]) == expected
    taken = [line for line in done.err.splitlines() if line.startswith("Taken: ")]
    assert [line.endswith(SAID[why]) for line in taken] == ([True] if why else [])


def test_a_method_of_many_runs_is_not_tried_on_layers(run, folder, output):
    done = run(
        "--project", folder, "--layer", "recommended", "--method", "rise", "--output", output
    )
    assert done.code == 2
    assert done.err.endswith("RISE needs many runs of the network, so it is not tried.\n")
