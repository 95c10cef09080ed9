"""The Dockerfile, compose file, lock and block parameters, read."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from command.arguments import _parser, read_arguments
from gradcam import METHODS
from services.sources.reference import DEMOS
from tests.container.recipe import ROOT, stages, steps
from tests.pinned import pins

TYPES = {"string", "int", "float", "select", "boolean", "flag", "secret"}
PARAMETERS = json.loads((ROOT / "parameters.json").read_text(encoding="utf-8"))
NAMED = {parameter["param"]: parameter for parameter in PARAMETERS["parameters"]}


def test_hadolint_has_nothing_to_say():
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_there_are_two_stages_and_only_the_environment_comes_over():
    build, final = stages()
    assert re.fullmatch(r"python:3\.\d+-slim AS build", build[0].rest)
    assert build[0].rest.startswith(final[0].rest + " ")
    copies = [step.rest for step in steps(final, "COPY")]
    assert copies == ["--from=build /opt/venv /opt/venv", ". /opt/gradcam"]


def test_every_demo_comes_along():
    taken = (ROOT / ".dockerignore").read_text().splitlines()
    assert [name for name in DEMOS if f"!demo/{name}" not in taken] == []


def test_the_end_has_no_build_tools():
    _, final = stages()
    commands = " ".join(step.rest for step in steps(final, "RUN"))
    assert not re.search(r"apt|gcc|build-essential|pip install", commands)


def test_our_own_code_is_compiled_once_while_there_may_be_written():
    _, final = stages()
    told = [f"{step.word} {step.rest}" for step in final]
    compiled = told.index("RUN python -m compileall -q /opt/gradcam")
    assert told.index("COPY . /opt/gradcam") < compiled < told.index("USER 10001")


def test_it_is_installed_from_the_lock_with_hashes():
    build, _ = stages()
    (run,) = steps(build, "RUN")
    assert [step.rest for step in steps(build, "ARG")] == ["LOCK=requirements.lock"]
    assert [step.rest for step in steps(build, "COPY")] == ["${LOCK} ./requirements.lock"]
    assert "pip install --no-cache-dir --require-hashes --requirement requirements.lock" in run.rest


def test_it_does_not_run_as_root_and_works_outside_what_studio_mounts():
    _, final = stages()
    words = [step.word for step in final]
    assert [step.rest for step in steps(final, "USER")] == ["10001"]
    assert words.index("USER") > words.index("RUN")
    for step in steps(final, "WORKDIR"):
        assert not step.rest.startswith(("/home", "/data"))


@pytest.mark.parametrize("variant", ["", "-gpu"])
def test_the_lock_holds_every_pin_with_its_hashes(variant):
    wanted = (
        pins(f"requirements{variant}.txt")
        | pins("requirements-postgresql.txt")
        | pins("requirements-oidc.txt")
    )
    locked = pins(f"requirements{variant}.lock")
    assert wanted.items() <= locked.items()
    text = (ROOT / f"requirements{variant}.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert {entry.partition("==")[0] for entry in entries} == set(locked)  # some for each Python
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_for_a_gpu_there_is_one_tensorflow_with_its_cuda_and_all_else_is_the_same():
    own, gpu = pins("requirements.lock"), pins("requirements-gpu.lock")
    assert "tensorflow-cpu" in own
    assert "tensorflow-cpu" not in gpu  # two of one name overwrite each other's files
    assert gpu["tensorflow"] == own["tensorflow-cpu"]
    more = {name for name in gpu if name not in own}
    assert "nvidia-cudnn-cu12" in more
    assert all(name.startswith("nvidia-") for name in more)
    assert {name: gpu[name] for name in own if name in gpu and name != "tensorflow"} == {
        name: version for name, version in own.items() if not name.startswith("tensorflow")
    }


def test_the_block_asks_for_what_it_needs():
    info = PARAMETERS["info"]
    assert (PARAMETERS["version"], PARAMETERS["type"]) == (1, "deploy")
    assert info["privileged"] is True  # else there is neither a key nor a network
    assert info["category"] in {"library", "firmware"}


@pytest.mark.parametrize("parameter", PARAMETERS["parameters"], ids=lambda p: p["param"])
def test_each_parameter_is_an_option_with_help(parameter, capsys):
    with pytest.raises(SystemExit):
        read_arguments(["--help"], "about\n\nmore")
    assert f"--{parameter['param']} " in capsys.readouterr().out
    assert parameter["type"] in TYPES
    assert parameter["help"].endswith(".")
    if parameter["type"] == "select":
        assert parameter["value"] in [option["value"] for option in parameter["valid"]]
    if "showIf" in parameter:
        options = NAMED[parameter["showIf"]["parameter"]]["valid"]
        assert parameter["showIf"]["value"] in [option["value"] for option in options]


def test_every_option_of_the_explaining_can_be_set_in_studio():
    *_, explaining = _parser("about")._action_groups
    options = [action.option_strings[0].removeprefix("--") for action in explaining._group_actions]
    assert "against" in options
    assert set(NAMED) == {*options, "limit", "api-key"}


def test_a_select_offers_what_the_option_takes():
    for action in _parser("about")._actions:
        parameter = NAMED.get(action.option_strings[0].removeprefix("--"), {})
        if parameter.get("type") == "select":
            assert [option["value"] for option in parameter["valid"]] == [*map(str, action.choices)]


def test_studio_offers_every_method_by_its_title_and_says_which_are_slow():
    offered = {option["value"]: option["label"] for option in NAMED["method"]["valid"]}
    recommended = offered.pop("recommended")
    assert recommended == "The one that tells the most on some samples"
    assert offered.pop("default").startswith("The default of the project: Grad-CAM")
    assert list(offered) == list(METHODS)
    assert offered == {
        name: f"{method.title} – slow" if method.slow else method.title
        for name, method in METHODS.items()
    }


def test_the_pooling_is_asked_for_where_the_method_has_one():
    with_pooling = [
        name for name, method in METHODS.items() if "pooling" in method.settings({})
    ]  # fmt: skip
    assert NAMED["pooling-gradients"]["showIf"] == {
        "parameter": "method", "operator": "eq", "value": with_pooling[0],
    }  # fmt: skip
    assert len(with_pooling) == 1


def test_the_example_of_settings_is_one_that_the_method_takes():
    (words,) = re.findall(r"such as (\S+) for RISE", NAMED["method-settings"]["help"])
    assert METHODS["rise"].write_settings(METHODS["rise"].read_settings(words)) == words


def test_the_defaults_are_taken_as_studio_hands_them_over():
    words = ["--metadata", "/home/input/deployment-metadata.json"]
    for parameter in PARAMETERS["parameters"]:
        value = parameter["value"]
        words += [f"--{parameter['param']}", str(int(value) if isinstance(value, bool) else value)]
    asked = read_arguments(words, "about\n\nmore")
    assert (asked.alpha, asked.percentile, asked.shared_scale) == (0.4, 100.0, False)
    assert (asked.layer, asked.threshold, asked.limit, asked.api_key) == (None, None, None, None)
    assert (asked.method, asked.method_settings) == ("default", "")
    assert (asked.target, asked.against) == ("predicted", "")


def test_a_ticked_box_arrives_as_1():
    words = ["--metadata", "x", "--shared-scale", "1", "--skip-dataset-download", "0"]
    asked = read_arguments(words, "about\n\nmore")
    assert (asked.shared_scale, asked.skip_dataset_download) == (True, False)
