"""Which files of a project name its classes, and what they say."""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from services.class_list import ClassList
from services.fact import Fact
from services.sources.class_lists.forms import class_list, of_names, of_table
from services.sources.decoding import decoded, text_of
from services.sources.labels.cells import cells_of

MEANT = frozenset({"labels.txt", "classes.txt"})  # they are nothing else
CLASS_FILES = (  # the likeliest first
    *("labels.txt", "classes.txt", "class_indices.json", "class_names.txt", "class_names.json"),
    *("classes.json", "labels.json", "label_map.pbtxt", "labelmap.txt"),
)
TABLES = frozenset({".csv", ".tsv"})
READ = TABLES | {".txt", ".json", ".pbtxt", ".names", ".npy", ".yaml", ".yml"}
PACKED = READ - TABLES - {".npy"}  # of those in a zip with a network
LARGEST_PACKED = 1_000_000  # bytes of one
PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".p"})  # reading one runs what it holds
WORDS = re.compile(  # in the name of a file that names classes, such as `obj.names`
    r"(?:^|[^a-z])(?:labels?|class(?:es)?|names|categor(?:y|ies)|synsets?|wnids)(?:$|[^a-z])"
    r"|labelmap|labels$|classnames|classindices|classes$|signnames"
)
BESIDE = frozenset({"metadata.json", "data.yaml"})  # Teachable Machine's, Roboflow's


@dataclass(frozen=True)
class ClassLists:
    """What a project's files say of its classes.

    Attributes:
        lists: those that could be read, the likeliest first.
        facts: what was passed over, and why.
    """

    lists: tuple[ClassList, ...]
    facts: tuple[Fact, ...] = ()


def may_name_classes(name: str) -> bool:
    """Whether a file may be a list of classes, by its name."""
    path = Path(name.lower())
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", Path(name).name).lower()  # `classNames`
    return path.suffix in READ | PICKLES and (bool(WORDS.search(words)) or path.name in BESIDE)


def read_class_lists(folders: Iterable[Path]) -> ClassLists:
    """The lists of classes that lie in some folders.

    Args:
        folders: the nearest to the network first; one may come twice.
    """
    lists, facts = list[ClassList](), list[Fact]()
    for path in _candidates(folders):
        if path.suffix.lower() in PICKLES:
            why = "is a pickle, which may run any program and is not read; write labels.txt instead"
            facts.append(Fact("classes", path.name, why))
        elif names := class_list_in(path):
            lists.append(replace(names, meant=path.name.lower() in MEANT))
        elif path.name.lower() in CLASS_FILES and path.stat().st_size > 3:
            why = "names no classes that are numbered from 0 or 1, and was passed over"
            facts.append(Fact("classes", path.name, why))
    return ClassLists(tuple(lists), () if lists else tuple(facts))


def _candidates(folders: Iterable[Path]) -> Sequence[Path]:
    """Files that may name classes, the usual names of a folder first."""
    places = dict.fromkeys(folders)
    return [
        path
        for folder in places
        for path in sorted(folder.iterdir(), key=_rank)
        if may_name_classes(path.name) and not path.name.startswith(".") and path.is_file()
    ]


def _rank(path: str | Path) -> tuple[int, str]:
    name = Path(path).name.lower()
    return (CLASS_FILES.index(name) if name in CLASS_FILES else len(CLASS_FILES)), name


def class_list_in(path: Path) -> ClassList | None:
    """The classes that a file names; None where it names none, or cannot be read."""
    try:
        if path.suffix.lower() == ".npy":
            names = np.load(path, allow_pickle=False)
            if names.ndim != 1 or names.dtype.kind != "U":
                return None
            return of_names(path.name, names.tolist(), "an array of names, in its order")
        if path.suffix.lower() in TABLES:
            return of_table(path.name, cells_of(path.name, text_of(path)).rows)
        return class_list(path.name, text_of(path))
    except (OSError, ValueError, csv.Error):
        return None


def packed_class_lists(network: Path) -> tuple[ClassList, ...]:
    """The lists of classes that lie with a network in one zip, as Teachable Machine packs it."""
    try:
        with zipfile.ZipFile(network) as archive:
            texts = {
                PurePosixPath(info.filename).name: decoded(archive.read(info))
                for info in archive.infolist()
                if may_name_classes(PurePosixPath(info.filename).name)
                and PurePosixPath(info.filename).suffix.lower() in PACKED
                and info.file_size <= LARGEST_PACKED
            }
            lists = [class_list(name, texts[name]) for name in sorted(texts, key=_rank)]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            ValueError):  # fmt: skip
        return ()
    return tuple(replace(each, meant=each.file.lower() in MEANT) for each in lists if each)
