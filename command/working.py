"""The arguments that say what is made, of how much, and by whom."""

from __future__ import annotations

import argparse
from pathlib import Path

from command.ahead import Ahead
from services.engines.engine import Engine


def add_working(parser: argparse.ArgumentParser) -> None:
    """Add them to a command."""
    add = parser.add_argument_group("what is made, and by whom").add_argument
    add(
        "--ahead",
        type=Ahead,
        choices=list(Ahead),
        nargs="+",
        help="instead of exporting: what pages would have people wait for, made now and kept in "
        "GRADCAM_CACHE, where the dashboard looks; predictions in any case. --layer and "
        "--threshold count for a scan, --layer and --limit for an embedding",
    )
    add(
        "--workers",
        type=_count,
        metavar="N",
        help="processes that explain, each on one core with a network of its own (default: this "
        "one, on all cores; of a cluster all it has); the files are the same. For methods that "
        "need many predictions",
    )
    add(
        "--engine",
        type=Engine,
        choices=list(Engine),
        default=Engine.LOCAL,
        help="whose processes: this machine's (local, the default), or a Ray cluster's, which "
        "needs requirements-ray.txt and folders that all its machines see",
    )
    add(
        "--ray-address",
        default="",
        metavar="HOST:PORT",
        help="of a cluster that is there (default: one is begun on this machine)",
    )
    add("--makes-for", type=Path, help=argparse.SUPPRESS)  # one of those: the working folder
    add(
        "--limit",
        type=_count,
        metavar="N",
        help="only N samples, spread evenly over the labels; for a first look",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)
