"""SavedModel folders and frozen graphs: parsed, never loaded as code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gradcam.backends.graph.network import GraphNetwork, network_of_file
from gradcam.backends.graph.saved_model.building import built_graph
from gradcam.backends.graph.saved_model.checkpoint import Checkpoint
from gradcam.backends.graph.saved_model.program import (
    Program,
    frozen_program,
    saved_model_program,
)
from gradcam.backends.graph.saved_model.values import known_values
from gradcam.backends.graph.saved_model.walking import walked
from gradcam.backends.reader import OpeningOptions, Seen
from gradcam.errors import NetworkError
from gradcam.formats import Holds

MARK = "saved_model.pb"
MOST_BYTES = 2**30  # of a graph
T = TypeVar("T")
_VARIABLES = "variables"
# A node first: its name, its operator.
_GRAPH = re.compile(
    rb"\x0a[\x80-\xff]*[\x00-\x7f]\x0a[\x01-\x7f][A-Za-z0-9.][\w.\-/]*\x12[\x01-\x40][A-Z_]\w+"
)
_SAVED = re.compile(rb"\x08\x01\x12[\x80-\xff]*[\x00-\x7f]\x0a")


class SavedModelReader:
    """Reads the folders that TensorFlow and Keras write.

    Attributes:
        mark: the file that makes a folder one.
    """

    mark = MARK

    def files(self, folder: Path) -> tuple[Path, ...]:
        """See `FolderReader.files`."""
        return folder / MARK, *sorted((folder / _VARIABLES).glob("variables.*"))

    def open(self, folder: Path, name: str, digest: str, options: OpeningOptions) -> GraphNetwork:
        """See `FolderReader.open`."""
        content = _content(folder / MARK, name)

        def checkpoint() -> Checkpoint | None:
            _, *files = self.files(folder)
            if not files:
                return None
            data = sum(path.stat().st_size for path in files)
            return Checkpoint(folder / _VARIABLES / "variables", data, name)

        program = _careful(lambda: saved_model_program(content, name), name)
        return _opened(program, checkpoint, name, digest, options)


class FrozenGraphReader:
    """Reads a graph whose weights stand in it (`.pb`).

    Attributes:
        endings: of such files.
    """

    endings = (".pb",)

    def knows(self, seen: Seen) -> bool:
        """See `Reader.knows`."""
        return bool(_GRAPH.match(seen.head) or _SAVED.match(seen.head))

    def holds(self, path: Path, seen: Seen) -> Holds | None:
        """See `Reader.holds`."""
        del path
        return Holds.NETWORK if _GRAPH.match(seen.head) else None

    def open(self, path: Path, name: str, digest: str, options: OpeningOptions) -> GraphNetwork:
        """See `Reader.open`."""
        content = _content(path, name)
        if _SAVED.match(content[:100]):
            raise NetworkError(
                f"{name} is a SavedModel without its weights; open the whole folder, or a zip of "
                "it, with `variables` in it."
            )
        program = _careful(lambda: frozen_program(content, name), name)
        return _opened(program, lambda: None, name, digest, options)


def _opened(
    program: Program,
    checkpoint: Callable[[], Checkpoint | None],
    name: str,
    digest: str,
    options: OpeningOptions,
) -> GraphNetwork:
    way = _careful(lambda: walked(program, name), name)  # all is allowed before weights are read
    known = _careful(lambda: known_values(program, way, checkpoint(), name), name)
    graph = _careful(lambda: built_graph(program, way, known, name), name)
    return network_of_file(graph, name, digest, fold=options.fold)


def _content(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NetworkError(f"The graph in {name} is larger than 1 GB and was not opened.")
        return path.read_bytes()
    except OSError as error:
        raise NetworkError(f"The model file {name} cannot be read.") from error


def _careful(work: Callable[[], T], name: str) -> T:
    try:
        return work()
    except NetworkError:
        raise
    except Exception as error:  # a file that contradicts itself makes TensorFlow raise anything
        raise NetworkError(
            f"{name} is damaged, or contradicts itself: its graph cannot be read."
        ) from error
