"""Processes that make batches for a run of the command: how they are begun, and what they do."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from command.arguments import KEY_VARIABLE
from services.embedding.points import Featuring
from services.engines.maker import Maker, Makers
from services.engines.passes import Pass, PassMaker, asked_in
from services.predictions.predicting import Predicting
from services.project import Project
from services.scan.looking import Measuring

KEY = "--api-key"


PASSES: dict[str, type[Pass]] = {each.name: each for each in (Predicting, Measuring, Featuring)}


def makers_of(asked: Namespace, script: Path, *taken: str) -> Makers:
    """Who makes the batches of a run, once their folder is known.

    Args:
        asked: the arguments.
        script: that a worker runs.
        taken: arguments that the run has worked out, and a worker need not.
    """
    command = (sys.executable, str(script.resolve()), *arguments_of_worker(asked.given), *taken)
    key = {KEY_VARIABLE: asked.api_key} if asked.api_key else {}

    def make(folder: Path) -> Maker | None:
        whole = (*command, f"--makes-for={folder.resolve()}")
        return asked.engine.maker(whole, asked.workers or 0, key, asked.ray_address)

    return make


def arguments_of_worker(given: Sequence[str]) -> list[str]:
    """The arguments of a worker but for its folder; a key is not among them, others can see them.

    Args:
        given: to the run itself.
    """
    own, words = [], iter(given)
    for word in words:
        if word == KEY:
            next(words, None)
        elif not word.startswith(f"{KEY}="):
            own.append(word)
    return [*own, "--skip-dataset-download"]  # what it works on is there already


def pass_wanted(folder: Path, project: Project) -> Maker | None:
    """Who makes the batches that somebody waits for in a folder; None where it is an export.

    Raises:
        GradcamError: the project is another one by now.
    """
    if (wanted := asked_in(folder)) is None:
        return None
    name, told = wanted
    return PassMaker(PASSES[name].again(project, told), folder)


def answering() -> TextIO:
    """Where a worker answers: its standard output, which nothing else writes to from now on."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers
