"""The command that gives agreed labels back to Studio."""

import hashlib
import re

import pytest

from command.write_back import main
from services.notes.notebook import say
from services.notes.opinion import Flag, Opinion, Subject
from services.people.person import NOBODY_ELSE
from services.writing_back.fields import TAG_KEY
from tests.services.conftest import fresh
from tests.services.edge_impulse.conftest import project, quick, studio
from tests.services.edge_impulse.visits import KEY
from tests.studio import Role

__all__ = ["fresh", "project", "quick", "studio"]  # fixtures


@pytest.fixture
def flagged(project):
    """The first sample, which somebody calls wrongly labelled, and its other label."""
    sample = min(project.samples.values(), key=lambda each: each.id)
    label = "no car" if sample.label == "car" else "car"
    digest = hashlib.sha256(sample.content).hexdigest()
    wrong = Opinion(Flag.LABEL_WRONG, label)
    say(NOBODY_ELSE, Subject(digest), sample.filename, lambda _: wrong)
    return sample, label


@pytest.fixture
def run(studio, capsys, monkeypatch):
    """Runs the command: its exit code, what it says, what it complains of."""

    def command(*arguments, key=KEY):
        monkeypatch.setenv("EI_API_KEY", key)
        code = main(["--host", studio.url, *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_it_is_a_dry_run_unless_told_otherwise(run, project, flagged):
    sample, label = flagged
    before = dict(project.samples)
    code, said, _ = run("--step", "relabel")
    assert code == 0
    assert f"{sample.filename}: label {sample.label} → {label}" in said
    assert f"Labels: 1 from {sample.label} to {label}." in said
    assert "nothing is written" in said
    assert project.samples == before


def test_write_log_and_undo(run, project, flagged):
    sample, label = flagged
    code, said, _ = run("--step", "relabel", "--write")
    assert code == 0
    assert project.samples[sample.id].label == label
    undo = re.search(r"--undo (\w+) takes it back", said)[1]
    assert f"{undo} " in run("--log")[1]
    assert "nothing is written" in run("--undo", undo)[1]
    assert project.samples[sample.id].label == label
    assert run("--undo", undo, "--write")[0] == 0
    assert project.samples[sample.id].label == sample.label
    assert TAG_KEY not in project.samples[sample.id].metadata
    assert f"undo of {undo}" in run("--log")[1].splitlines()[0]


def test_a_key_that_only_reads_is_refused_in_a_sentence(run, project, flagged):
    project.keys["ei_reader"] = Role.READONLY
    assert run(key="ei_reader")[0] == 0
    code, _, trouble = run("--write", key="ei_reader")
    assert code == 1
    assert "its role is readonly" in trouble
    assert "ei_reader" not in trouble
    assert not any(TAG_KEY in each.metadata for each in project.samples.values())


def test_without_a_key(run):
    code, _, trouble = run(key="")
    assert (code, trouble.startswith("Type the project's API key")) == (1, True)
