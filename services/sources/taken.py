"""What of a project is taken: one of its networks and one of its folders with samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from gradcam.loading import look_at
from services.alternative import Alternative
from services.errors import ProjectError
from services.fact import Fact
from services.sources.data import Data, find_data, splits_in
from services.sources.manifest import PROJECT_FILE
from services.sources.networks import NetworkFile, find_networks, named_network
from services.sources.reference import MODEL, SPLIT
from services.sources.splits import Split
from services.sources.tree import Folder, read_tree
from services.spelling import some_of

DEMO = Path(__file__).parents[2] / "demo"
NAMED = 4  # of what else there is, in a fact
PICKED = "chosen by you"
BEST = "the one that explains best (Keras' first, real numbers before rounded ones)"
T = TypeVar("T", NetworkFile, Data)


@dataclass(frozen=True)
class Taken(Generic[T]):
    """What was taken, why, and what else there is.

    Attributes:
        taken: the one.
        facts: on how it was chosen; none where project.toml names it.
        alternatives: what a person can choose from; none where there is one only.
    """

    taken: T
    facts: tuple[Fact, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


def take_network(project: Folder, named: str | None, picked: str) -> Taken[NetworkFile]:
    """The network that is opened.

    Args:
        project: the folder.
        named: by `model` in project.toml.
        picked: by the person, a `NetworkFile.name`; "" where they left it.

    Raises:
        ProjectError: there is none, or not the one that is named or picked.
    """
    if named and not picked:
        path = _stays_inside(project.path, named)
        if not path.exists() or (path.is_dir() and look_at(path).holds is None):
            raise ProjectError(f"{PROJECT_FILE} names the model {named}, which is not there.")
        return Taken(named_network(project, path, named))
    networks = find_networks(project)
    taken = _picked(networks, picked)
    others = [each.said for each in networks if each is not taken]
    if picked:
        why = PICKED
    elif others:
        graded = len({each.grade for each in networks}) > 1
        why = f"{BEST if graded else 'the first'} of {len(networks)} models here; {_beside(others)}"
    else:
        why = "the only model here"
    words = {each.name: each.said for each in networks}
    choice = Alternative(MODEL, "Network file", taken.name, words)
    return Taken(taken, (Fact("model", taken.said, why),), (choice,) if others else ())


def take_data(project: Folder, named: str | None, picked: str) -> Taken[Data]:
    """The folder with the samples that the network is tested with.

    Args:
        project: the folder.
        named: by `data` in project.toml.
        picked: by the person, a `Data.name`; "" where they left it.

    Raises:
        ProjectError: there is no picture, or not the folder that is named or picked.
    """
    if named:
        path = _stays_inside(project.path, named)
        if not path.is_dir():
            raise ProjectError(f"{PROJECT_FILE} names the data {named}, which is no folder here.")
        data = read_tree(path)
        ways = splits_in(data)
        if not ways:
            return Taken(Data(named, data))
    else:
        ways = find_data(project)
    taken = _picked(ways, picked)
    others = [_said(each) for each in ways if each is not taken]
    why = PICKED if picked else _why(taken, others)
    fact = Fact("data", _place(taken), why, warns=taken.split is Split.TRAINING)
    words = {each.name: f"{_said(each)}, {each.folder.count:,} samples" for each in ways}
    choice = Alternative(SPLIT, "Test samples", taken.name, words)
    return Taken(taken, (fact,), (choice,) if others else ())


def _picked(ways: Sequence[T], picked: str) -> T:
    for way in ways:
        if picked in ("", way.name):
            return way
    names = some_of([way.name for way in ways])
    raise ProjectError(f"There is no {picked} in this project to be opened; there is {names}.")


def _why(taken: Data, others: Sequence[str]) -> str:
    if taken.split is None:
        return "where the samples are"
    beside = f"; {_beside(others)}" if others else ""
    if taken.split is Split.TRAINING:
        return (
            "the training split, as there is no other with samples; on what it has learned a "
            f"network is better than on anything new{beside}"
        )
    return f"the {taken.split.word} split{beside}"


def _said(data: Data) -> str:
    return f"{_place(data)} ({data.split.word})" if data.split is not None else _place(data)


def _place(data: Data) -> str:
    return "this folder" if data.name == "." else data.name


def _beside(others: Sequence[str]) -> str:
    if len(others) == 1:
        return f"the other is {others[0]}"
    return f"the others are {some_of(others, NAMED)}"


def _stays_inside(folder: Path, name: str) -> Path:
    if "\0" in name:
        raise ProjectError(f"{PROJECT_FILE} names a file with a character that no file has.")
    path = (folder / name).resolve()
    inside = folder.resolve()
    if not path.is_relative_to(DEMO if inside.parent == DEMO else inside):  # demos share pictures
        raise ProjectError(f"{PROJECT_FILE} names {name}, which lies outside the project's folder.")
    return path
