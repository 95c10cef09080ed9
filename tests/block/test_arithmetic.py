"""`python block.py` on a network of two arithmetics: which one it was stands in what it leaves."""

import json

import pytest

from tests.services.export.exports import rows_of
from tests.services.rounded import COUNT, rounded_project


@pytest.fixture
def folder(tmp_path, monkeypatch):
    return rounded_project(tmp_path / "rounded", monkeypatch).place


def manifest_of(output):
    return json.loads((output / "manifest.json").read_text())


def test_each_arithmetic_is_exported_as_itself(run, folder, tmp_path):
    outputs = {name: tmp_path / name for name in ("phone", "microcontroller")}
    for name, output in outputs.items():
        assert (
            str(COUNT) in run("--project", folder, "--output", output, "--arithmetic", name).summary
        )
        assert manifest_of(output)["network"]["arithmetic"] == name
        assert f"as on a {name}" in (output / "report.html").read_text()
    phone, other = (manifest_of(output)["network"] for output in outputs.values())
    assert phone["numbers"] == other["numbers"] == "weights int8, activations int8"
    assert other["sha256"] == f"{phone['sha256']}.microcontroller"
    answers = [[row["predicted"] for row in rows_of(output)] for output in outputs.values()]
    assert answers[0] != answers[1]


def test_without_a_word_it_is_as_on_a_phone(run, folder, output):
    assert run("--project", folder, "--output", output).code == 0
    assert manifest_of(output)["network"]["arithmetic"] == "phone"


def test_a_network_of_real_numbers_has_no_second_arithmetic(run, output):
    refused = run("--demo", "cars", "--output", output, "--arithmetic", "microcontroller")
    assert refused.code == 2
    assert refused.sentence == (
        "model.h5 is no network of whole numbers: it has one arithmetic alone, so leave "
        "--arithmetic out."
    )
    assert not output.exists()


def test_only_the_samples_whose_answer_changes_are_exported(run, folder, output):
    done = run("--project", folder, "--output", output, "--filter", "changes=1")
    assert done.summary.startswith("7 explained")
    assert manifest_of(output)["chosen"]["filter"] == {"changes": "1"}


def test_nothing_changes_in_a_network_of_one_arithmetic(run, output):
    refused = run("--demo", "cars", "--output", output, "--filter", "changes=1")
    assert (refused.code, "has one arithmetic alone" in refused.sentence) == (2, True)
