"""The arguments of a comparison with another network."""

from __future__ import annotations

import argparse

from gradcam import GradcamError
from services.comparing.gate import MEASURES, read_limits


def add_comparing(parser: argparse.ArgumentParser) -> None:
    """Add what sets another network beside the exported one."""
    add = parser.add_argument_group("beside another network").add_argument
    add(
        "--compare",
        default="",
        metavar="OTHER",
        help="set another network beside it: a file of the project, a file elsewhere, or a folder "
        "with the same test samples; report, manifest and comparison.csv tell what flips",
    )
    add(
        "--baseline",
        default="",
        metavar="OTHER",
        help="of --compare: a network trained like the exported one with another seed; what "
        "flips between these two by chance is told beside what flips in the comparison",
    )
    add(
        "--fail-if",
        default="",
        metavar="LIMITS",
        help="of --compare: exit code 5 if one of them is not kept, such as 'broken>1%%, "
        "heat_moved>5%%', where broken is right in the project's network and wrong in OTHER; "
        f"names are {', '.join(MEASURES)}",
    )


def check_limits(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> None:
    """End with code 2 and a sentence where limits are wrong, or of no comparison."""
    if asked.fail_if and not asked.compare:
        parser.error("--fail-if is for --compare, which names the other network")
    if asked.baseline and not asked.compare:
        parser.error("--baseline is for --compare, which names the other network")
    try:
        read_limits(asked.fail_if)
    except GradcamError as error:
        parser.error(f"argument --fail-if: {error}")
