"""Opening `.pt2`: a program that torch.export wrote, read without torch and without its pickles."""

from __future__ import annotations

import logging
from pathlib import Path

from gradcam.backends.archive import opened_archive
from gradcam.backends.graph.graph import Graph
from gradcam.backends.graph.network import network_of_file
from gradcam.backends.graph.torch_export.activations import with_own_activations
from gradcam.backends.graph.torch_export.archive import (
    SCHEMA_READ,
    WRITE_ANEW,
    found_in,
    holds_program,
)
from gradcam.backends.graph.torch_export.program import ExportedProgram, read_program
from gradcam.backends.graph.torch_export.translating import translated
from gradcam.backends.graph.torch_export.weights import read_weights
from gradcam.backends.reader import OpeningOptions, Seen
from gradcam.errors import NetworkError
from gradcam.formats import Holds
from gradcam.network import Network
from gradcam.told import Told

HALVES = {6: "float16", 13: "bfloat16"}  # torch's numbers of types

_log = logging.getLogger(__name__)


class TorchExportReader:
    """Reads what `torch.export.save` writes; see `gradcam.backends.reader.Reader`."""

    endings = (".pt2",)

    def knows(self, seen: Seen) -> bool:
        """See `Reader.knows`."""
        return holds_program(seen.members)

    def holds(self, path: Path, seen: Seen) -> Holds | None:  # noqa: ARG002 - the members tell
        """See `Reader.holds`."""
        return Holds.NETWORK if self.knows(seen) else None

    def open(self, path: Path, name: str, digest: str, options: OpeningOptions) -> Network:
        """See `Reader.open`."""
        try:
            graph, told = _read(path, name)
            return network_of_file(graph, name, digest, told=told, fold=options.fold)
        except NetworkError:
            raise
        except Exception as error:  # whatever a file that contradicts itself may lead to
            raise NetworkError(
                f"{name} is damaged: what it holds is no program as torch.export writes it."
            ) from error


def _read(path: Path, name: str) -> tuple[Graph, Told]:
    with opened_archive(path, name) as zipped:
        archive = found_in(zipped, name)
        written = archive.json(f"models/{archive.program}.json")
        program = with_own_activations(read_program(written))
        if program.schema != SCHEMA_READ:
            raise NetworkError(f"{name} was written by torch {program.torch}; {WRITE_ANEW}.")
        weights = read_weights(archive, frozenset(program.stored.values()))
    _log.info("%s was written by torch %s", name, program.torch)
    return translated(program, weights, name), Told(numbers=_numbers(program))


def _numbers(program: ExportedProgram) -> str:
    """What kinds of numbers its weights are, where that is worth a word."""
    kinds = {program.tensors[name].dtype for name in program.stored if name in program.tensors}
    halves = [word for kind, word in HALVES.items() if kind in kinds]
    return f"weights {' and '.join(halves)}" if halves else ""
