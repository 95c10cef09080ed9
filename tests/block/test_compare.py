"""The command as a gate: a network beside another one."""

import csv
import json

import pytest

import block
from tests.services.conftest import blue_or_red_file  # noqa: F401 - a fixture
from tests.services.projects import BLUE, RED, folder_project, pointwise


@pytest.fixture
def project(tmp_path, blue_or_red_file):  # noqa: F811 - the fixture
    pictures = {f"testing/{name}/{i}.png": color for name, color in (("blue", BLUE), ("red", RED))
                for i in range(4)}  # fmt: skip
    return folder_project(
        tmp_path / "project", blue_or_red_file, pictures,
        'classes = ["blue", "red"]\n[input]\nscaling = "0..1"\ncolor = "rgb"\n',
    )  # fmt: skip


@pytest.fixture
def always_blue(tmp_path):
    """A retrained network that says blue, whatever it sees."""
    path = tmp_path / "later.keras"
    filters, head = [[0, 1], [0, 0], [1, 0]], [[4, 0], [0, 0]]
    pointwise(filters, [0, 0], head, [1, 0], activation="softmax").save(path)
    return path


def run(project, tmp_path, *more):
    return block.main(["--project", str(project), "--output", str(tmp_path / "out"), *more])


def test_a_limit_that_is_not_kept_ends_with_5(project, always_blue, tmp_path, capsys):
    code = run(project, tmp_path, "--compare", str(always_blue), "--fail-if", "broken>10%")
    told = capsys.readouterr()
    assert code == 5
    assert "broken is 50.0\u00a0%, the limit is broken>10%" in told.err
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["comparison"]
    assert (manifest["broken"], manifest["mended"], manifest["right_there"]) == (4, 0, 4)
    assert manifest["limits_broken"] == ["broken is 50.0\u00a0%, the limit is broken>10%"]
    with (tmp_path / "out" / "comparison.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [row["sample"] for row in rows] == [f"red/{i}.png" for i in range(4)]
    assert {row["flip"] for row in rows} == {"broken"}
    report = (tmp_path / "out" / "report.html").read_text()
    assert "Beside later.keras" in report
    assert "the limit is broken&gt;10%" in report


def test_limits_that_are_kept_end_with_0(project, always_blue, tmp_path, capsys):
    allowed = "broken>60%, heat_moved>100%"
    assert run(project, tmp_path, "--compare", str(always_blue), "--fail-if", allowed) == 0
    assert "Beside later.keras: 4 verdicts flip: too few to tell" in capsys.readouterr().out


def test_a_network_beside_itself_flips_nothing(project, blue_or_red_file, tmp_path):  # noqa: F811 - the fixture
    allowed = "flipped>0, changed>0, heat_moved>0%"
    other = str(blue_or_red_file)
    assert run(project, tmp_path, "--compare", other, "--fail-if", allowed) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["comparison"]
    assert (manifest["same_answer"], manifest["samples"]) == (8, 8)


def test_an_export_without_a_comparison_leaves_no_table_of_one(project, always_blue, tmp_path):
    assert run(project, tmp_path, "--compare", str(always_blue)) == 0
    assert (tmp_path / "out" / "comparison.csv").is_file()
    assert run(project, tmp_path) == 0
    assert not (tmp_path / "out" / "comparison.csv").exists()
    assert "comparison" not in json.loads((tmp_path / "out" / "manifest.json").read_text())


def explained(tmp_path):
    with (tmp_path / "out" / "predictions.csv").open() as table:
        return [row["sample"] for row in csv.DictReader(table)]


def test_what_flips_with_the_other_network_alone_is_exported(project, always_blue, tmp_path):
    other = "--compare", str(always_blue)
    assert run(project, tmp_path, *other, "--filter", "flipped=broken") == 0
    assert explained(tmp_path) == [f"red/{i}.png" for i in range(4)]
    assert "broken with" in (tmp_path / "out" / "report.html").read_text()
    assert run(project, tmp_path, *other, "--filter", "flipped=mended") == 4


def test_what_is_right_for_another_reason_takes_the_heat_of_both(project, always_blue, tmp_path):
    other = "--compare", str(always_blue), "--filter", "flipped=right for another reason"
    # Of a picture of one colour both heatmaps are alike everywhere: no heat moves.
    assert run(project, tmp_path, *other) == 4


def test_the_other_network_may_be_one_of_the_project_s(project, always_blue, tmp_path):
    (project / "later.keras").write_bytes(always_blue.read_bytes())
    own = "--model", "model.keras", "--filter", "flipped=broken"
    assert run(project, tmp_path, *own) == 0
    assert explained(tmp_path) == [f"red/{i}.png" for i in range(4)]
    named = "--filter", "beside=file:later.keras", "--workers", "1"
    assert run(project, tmp_path, *own, *named) == 0
    assert explained(tmp_path) == [f"red/{i}.png" for i in range(4)]


def test_a_project_of_one_network_has_no_flips(project, tmp_path, capsys):
    assert run(project, tmp_path, "--filter", "flipped=broken") == 2
    assert "no other network to set beside this one" in capsys.readouterr().err


def test_another_seed_tells_what_chance_flips(project, always_blue, blue_or_red_file, tmp_path):  # noqa: F811 - the fixture
    seed = tmp_path / "seed.h5"
    seed.write_bytes(blue_or_red_file.read_bytes())
    assert run(project, tmp_path, "--compare", str(always_blue), "--baseline", str(seed)) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["comparison"]
    assert manifest["broken"] == 4
    chance = manifest["baseline"]
    assert (chance["network"], chance["broken"], chance["labelled"]) == ("seed.h5", 0, 8)
    report = (tmp_path / "out" / "report.html").read_text()
    assert "another seed, seed.h5" in report
    assert "Of 8 verdicts the other network flips 4, another seed 0" in report
    assert "heat that moved" in report


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--compare", "nowhere.h5"], 2, "There is no network nowhere.h5"),
        (["--fail-if", "broken>1%"], 2, "--fail-if is for --compare"),
        (["--baseline", "seed.h5"], 2, "--baseline is for --compare"),
        (["--compare", "x.h5", "--fail-if", "speed>1%"], 2, "is no limit"),
    ],
)
def test_wrong_use_is_told(project, tmp_path, capsys, arguments, code, told):
    try:
        ended = run(project, tmp_path, *arguments)
    except SystemExit as ending:
        ended = ending.code
    assert ended == code
    assert told in capsys.readouterr().err
