"""What people said, to a file and back: python -m command.notes export FILE.

A file .json holds everything, to restore it here or merge it elsewhere; a file .csv holds a row for
each opinion, for a spreadsheet. The server may run meanwhile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gradcam import GradcamError
from services.database.chosen import database
from services.errors import NotesError
from services.notes.backup import backup, restore
from services.notes.exchange import flag_rows, take_over
from services.notes.notebook import all_opinions
from services.people.person import NOBODY_ELSE
from services.tables import csv_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; 0 where it was done.

    Args:
        arguments: without the program's name; None for this process' own.
    """
    asked = _parser().parse_args(arguments)
    try:
        sys.stdout.write(f"{asked.act(asked.file)}\n")
    except GradcamError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{asked.file} can be neither read nor written: {error.strerror}.\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser("python -m command.notes", description=about, epilog=more)
    acts = parser.add_subparsers(required=True, metavar="ACT")
    for name, act, words in (
        ("export", _export, "write .json (everything) or .csv (opinions)"),
        ("import", _import, "take over such a file; what is known is skipped, authors stay"),
        ("copy", _copy, "copy the SQLite file as it is, while the server runs"),
    ):
        added = acts.add_parser(name, help=words, description=words)
        added.add_argument("file", type=Path, metavar="FILE")
        added.set_defaults(act=act)
    return parser


def _export(path: Path) -> str:
    content = csv_of(flag_rows(all_opinions())) if _is_table(path) else backup()
    part = path.with_name(f".{path.name}.part")  # a broken-off backup never looks like one
    part.write_text(content, encoding="utf-8")
    part.replace(path)
    return f"{path} written."


def _import(path: Path) -> str:
    content = path.read_bytes()
    if _is_table(path):
        return str(take_over(NOBODY_ELSE, content, None, ""))
    return str(restore(NOBODY_ELSE, content))


def _copy(path: Path) -> str:
    database().copy(path)
    return f"{path} written."


def _is_table(path: Path) -> bool:
    if path.suffix.lower() not in {".csv", ".json"}:
        raise NotesError("Name a file .json, for everything, or .csv, for a table of opinions.")
    return path.suffix.lower() == ".csv"


if __name__ == "__main__":
    sys.exit(main())
