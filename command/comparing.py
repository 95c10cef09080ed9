"""`--compare OTHER --fail-if …`: the network beside another one, as a gate for a build."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from functools import partial
from pathlib import Path

from command.source import access_for
from services.choices.filter import Filter, Flipped
from services.choices.flipped import judging_of
from services.choices.recipe import Recipe
from services.comparing.beside import NetworkBeside, fed_alike
from services.comparing.gate import HEAT, read_limits
from services.comparing.heat import HeatsMoved
from services.comparing.record import ComparisonRecord, record_of
from services.comparing.seeds import BesideSeeds
from services.errors import ProjectError
from services.opening.contents import content_of
from services.opening.opening import Opened, Prepared, predict_all, prepare, prepare_source
from services.predictions.beside import (
    GIVEN,
    Judging,
    answers_beside,
    chosen_beside,
    comparison_beside,
    keep_beside,
)
from services.predictions.comparison import NetworkComparison, network_comparison
from services.predictions.moved_heat import Heats
from services.predictions.predictions import Predictions
from services.sources.reference import MODEL, SourceKind, SourceReference
from services.work.progress import Progress


def compared(
    asked: Namespace, prepared: Prepared, here: Predictions, recipe: Recipe, progress: Progress
) -> ComparisonRecord:
    """The exported network beside the one that the arguments name.

    Args:
        asked: the arguments.
        prepared: the project.
        here: what its network says.
        recipe: how heatmaps are made.
        progress: is told what is being done.

    Raises:
        GradcamError: the other network cannot be opened, or knows none of the samples.
        Cancelled: the person left.
    """
    limits = read_limits(asked.fail_if)
    there = partial(_answers_of, prepared=prepared, here=here, progress=progress)
    judging = Judging(asked.threshold, asked.uncertain, asked.rule)
    both = _joined(asked.compare, here, judging.of(there(asked.compare, "--compare")), asked)
    seeds = None
    if asked.baseline:
        other = judging.of(there(asked.baseline, "--baseline"))
        seeds = _joined(asked.baseline, here, other, asked)
    heats, chance = None, None
    if seeds is not None or any(limit.name in HEAT for limit in limits):
        heats = _heats(HeatsMoved(both, recipe), progress)
    if seeds is not None and heats is not None:
        chance = BesideSeeds(both, seeds, (heats, _heats(HeatsMoved(seeds, recipe), progress)))
    return record_of(both, heats, limits, chance)


def _joined(
    name: str, here: Predictions, there: Predictions, asked: Namespace
) -> NetworkComparison:
    both = network_comparison(here, there, asked.threshold)
    if not len(both):
        raise ProjectError(
            f"{name} and the project have no sample in common, which is told by the files "
            "themselves; give a network for the same test set."
        )
    return both


def word_beside(asked: Namespace) -> str:
    """The word of the network that verdicts flip with: the filter's, or that of `--compare`."""
    named = f"{GIVEN}:{asked.compare}" if asked.compare else ""
    return asked.filter.beside or named


def have_flips(
    asked: Namespace, prepared: Prepared, here: Predictions, only: Filter, progress: Progress
) -> None:
    """Have what a filter by flips asks for; where that cannot be, the filter says so.

    Args:
        asked: the arguments.
        prepared: the project.
        here: what its network says, judged as the filter does.
        only: the filter.
        progress: is told what is being done.

    Raises:
        GradcamError: the other network cannot be opened.
        Cancelled: the person left.
    """
    if only.flipped is Flipped.ALL:
        return
    word = chosen_beside(here.project, only.beside)
    if word.startswith(f"{GIVEN}:"):
        _answers_of(asked.compare, "--compare", prepared, here, progress)
    elif word:
        opened = Opened(prepared.reference, here.project, here, prepared.check, prepared.studio)
        network = NetworkBeside(opened, word, access_for(asked, prepared.reference))
        if network.fit and network.missing:
            network.make(progress)
    both = comparison_beside(here, word, judging_of(only))
    if both is not None and only.flipped is Flipped.REASON:
        _heats(HeatsMoved(both, only.heat), progress)


def _heats(moved: HeatsMoved, progress: Progress) -> Heats:
    known = moved.found
    return moved.make(progress) if known is None else known


def _answers_of(
    name: str, option: str, prepared: Prepared, here: Predictions, progress: Progress
) -> Predictions:
    """What the network says that an option names."""
    word = f"{GIVEN}:{name}"
    there = answers_beside(here, word)
    if there is None:
        other = _other(name, option, prepared, progress)
        there = predict_all(fed_alike(other, here.project), progress)
        keep_beside(here, word, there)
    return there


def _other(name: str, option: str, prepared: Prepared, progress: Progress) -> Prepared:
    """A file of the same project, a file elsewhere, or another folder with the same samples."""
    path, own = Path(name), prepared.reference
    if path.is_dir() and not (path / "saved_model.pb").is_file():
        return prepare_source(SourceReference(SourceKind.FOLDER, name), progress)
    files = next((each for each in prepared.project.alternatives if each.name == MODEL), None)
    if files is not None and name in files.values:
        return prepare_source(own.picking(**{MODEL: name}), progress)
    if own.kind is SourceKind.STUDIO:
        raise ProjectError(
            f"{name} is none of the project's networks; {option} names one of them, as --model."
        )
    if not path.exists():
        known = ", ".join(files.values) if files else ""
        raise ProjectError(
            f"There is no network {name}"
            + (f"; beside it there are {known}." if known else ", neither here nor in the project.")
        )
    content = replace(content_of(own, progress), model=path, network_name=path.name, weights=None)
    return prepare(content, None, own, progress)
