"""Which files of a project are networks: the bytes tell, and the best one is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradcam.formats import PICKLED, SAVE_WHOLE, Holds
from gradcam.loading import Look, look_at, model_endings, openable_said
from services.errors import ProjectError
from services.sources.tree import Folder
from services.sources.unopened import unopened_said

DEEP = 3  # folders between the project and a network
LOOKED_AT = 1000  # files at most, as a data set may have one beside each picture
NO_NETWORK = frozenset({
    ".txt", ".csv", ".tsv", ".xml", ".yaml", ".yml", ".toml", ".md", ".py", ".ipynb", ".log",
    ".html", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".mp4", ".svg", ".labels",
})  # fmt: skip
# What converters and people call the coarser ones of several files of one network.
COARSE = {
    2: re.compile(r"int8|int16|quant|(?:^|[^a-z])(?:q8|ptq|qat|edgetpu)(?:$|[^a-z])"),
    1: re.compile(r"float16|fp16|f16|dynamic"),
}
MATCHING = {
    Holds.LAYERS: f"put the weights beside it that were saved with it, or {SAVE_WHOLE}",
    Holds.WEIGHTS: f"{SAVE_WHOLE}, or put the model.json of `model.to_json()` beside it",
}


@dataclass(frozen=True)
class NetworkFile:
    """A file or folder that a network can be opened from, or two files that make one together.

    Attributes:
        name: its path within the project, as a link says it; "." for the project's folder itself.
        path: where it is.
        weights: of a network whose layers alone are in the first file; None where that is whole.
        grade: how well it explains beside others, the least best.
    """

    name: str
    path: Path
    weights: Path | None = None
    grade: tuple[int, int] = (0, 0)

    @property
    def said(self) -> str:
        """Its name for people."""
        if self.weights:
            return f"{self.path.name} with {self.name}"
        return self.path.name if self.name == "." else self.name


@dataclass(frozen=True)
class _Seen:
    name: str
    path: Path
    depth: int
    look: Look

    @property
    def order(self) -> tuple[bool, int, int, int, bool, str]:
        """The best first: that holds something, explains best, lies near the top, is *model*."""
        unclear, unnamed = self.look.holds is None, not self.path.name.lower().startswith("model.")
        return unclear, *self.grade, self.depth, unnamed, self.name

    @property
    def grade(self) -> tuple[int, int]:
        """How well it explains beside others: by its format, then by its numbers."""
        return self.look.rank, _coarseness(self.path.name.lower())


def find_networks(project: Folder) -> tuple[NetworkFile, ...]:
    """The networks of a project, the best first.

    Whole ones; where there are none what layers and weights make together; else what only is named
    like a network, since opening it tells what is wrong with it.

    Raises:
        ProjectError: there is none; the sentence names what there is in its place.
    """
    seen = sorted(_looked_over(project), key=lambda each: each.order)
    whole = [each for each in seen if each.look.holds is Holds.NETWORK]
    named = [each for each in seen if each.look == Look() and _is_named_like_one(each.path)]
    networks = _alone(whole) or _joined(seen) or _alone(named)
    if not networks:
        raise ProjectError(_why_none(project, seen))
    return tuple(networks)


def named_network(project: Folder, path: Path, name: str) -> NetworkFile:
    """The network of a file that a person named, with what belongs to it.

    Args:
        project: the folder.
        path: a file in it, named by `model` in project.toml.
        name: as it stands there.
    """
    holds = look_at(path).holds
    if holds in MATCHING:
        pairs = _joined(sorted(_looked_over(project), key=lambda each: each.order))
        for pair in pairs:
            if pair.weights and (path.samefile(pair.path) or path.samefile(pair.weights)):
                return pair
    return NetworkFile(name, path)


def _coarseness(name: str) -> int:
    """How coarse the numbers of a network may be by its file's name, which nobody need believe."""
    return next((n for n, words in COARSE.items() if words.search(name)), 0)


def _alone(seen: Sequence[_Seen]) -> list[NetworkFile]:
    return [NetworkFile(each.name, each.path, grade=each.grade) for each in seen]


def _joined(seen: Sequence[_Seen]) -> list[NetworkFile]:
    """Each file of weights with the description of layers that fits its name best."""
    layers = [each.path for each in seen if each.look.holds is Holds.LAYERS]
    weights = [each for each in seen if each.look.holds is Holds.WEIGHTS]
    pairs = []
    for each in weights:
        beside = [path for path in layers if path.parent == each.path.parent] or layers
        alike = sorted(beside, key=lambda path: _stem(path) != _stem(each.path))
        if alike:
            pairs.append((_stem(alike[0]) != _stem(each.path), each, alike[0]))
    pairs.sort(key=lambda pair: pair[0])
    return [NetworkFile(each.name, description, each.path) for _, each, description in pairs]


def _stem(path: Path) -> str:
    return re.split(r"[._-]?weights|\.", path.name.lower())[0]


def _looked_over(project: Folder) -> Iterator[_Seen]:
    left = LOOKED_AT
    for depth, folder in _near(project, 0):
        name = folder.path.relative_to(project.path).as_posix()
        whole = look_at(folder.path)
        if whole.holds is not None:  # the folder itself is one, whatever else lies in it
            yield _Seen(name, folder.path, depth, whole)
            if depth:
                continue
        for path in folder.others:
            if path.suffix.lower() in NO_NETWORK or not left:
                continue
            left -= 1
            try:
                look = look_at(path)
            except OSError:
                continue
            yield _Seen(path.relative_to(project.path).as_posix(), path, depth, look)


def _near(folder: Folder, depth: int) -> Iterator[tuple[int, Folder]]:
    yield depth, folder
    if depth < DEEP:
        for inner in folder.folders:
            yield from _near(inner, depth + 1)


def _is_named_like_one(path: Path) -> bool:
    endings = "|".join(re.escape(ending) for ending in model_endings())
    unfinished = r"\.(zip|part|crdownload|download|tmp)$"
    return bool(re.search(rf"({endings})($|[ (]|{unfinished})", path.name.lower()))


def _why_none(project: Folder, seen: Sequence[_Seen]) -> str:
    none = f"There is no model ({openable_said()}) in {project.name or project.path}"
    for each in seen:
        if each.look.holds in MATCHING:
            way_out = MATCHING[each.look.holds]
            return f"{none}, only {each.name}, {each.look.holds.value}; {way_out}."
    foreign = [(each.name, each.look.foreign) for each in seen if each.look.foreign]
    foreign.sort(key=lambda each: each[1] is PICKLED)  # which may hold anything
    for name, other in foreign:
        return f"{none}, only {name}, {other.words}; {other.way_out}."
    others = unopened_said(path for folder in project.walk() for path in folder.others)
    return f"{none}{others}; put one there or name it in project.toml."
