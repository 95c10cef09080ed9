"""The arguments of the command, each with its default and when to choose what."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from command.limits import add_comparing, check_limits
from command.working import add_working
from gradcam import (
    GRAD_CAM,
    METHODS,
    Arithmetic,
    Colormap,
    GradcamError,
    Need,
    Normalization,
    Pooling,
)
from services.choices.choices import Choices, OverlaySize
from services.choices.filter import CONDITIONS, read_filter
from services.choices.recipe import UNCHOSEN
from services.edge_impulse.place import Way
from services.engines.engine import Engine
from services.sources.reference import DEMOS, SourceReference, parse_reference
from services.tasks.targets import NOBODY, PREDICTED

RECOMMENDED = "recommended"  # instead of a layer's or a method's name
KEY_VARIABLE = "EI_API_KEY"
DEFAULT = Choices()
MANY = [method.name for method in METHODS.values() if method.need is Need.PASSES]


def read_arguments(arguments: Sequence[str] | None, about: str) -> argparse.Namespace:
    """Read the command line; ends the process with code 2 and a sentence where it is wrong.

    Args:
        arguments: without the program's name; None for this process' own.
        about: the program's description; what follows its first paragraph ends the help.
    """
    parser = _parser(about)
    given = tuple(sys.argv[1:] if arguments is None else arguments)
    asked, unknown = parser.parse_known_args(_given(given))
    asked.given = given
    if unknown and asked.metadata is None:  # Studio adds arguments of its own
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    _check_source(parser, asked)
    if asked.engine is Engine.RAY and asked.api_key:
        parser.error(f"--engine ray takes the key from {KEY_VARIABLE}, on each of its machines")
    try:
        asked.filter = read_filter(asked.filter)
    except GradcamError as error:
        parser.error(f"argument --filter: {error}")
    check_limits(parser, asked)
    if asked.method == RECOMMENDED:
        if asked.method_settings:
            parser.error(f"--method {RECOMMENDED} takes no --method-settings; name the method")
        return asked
    try:
        METHODS.get(asked.method, UNCHOSEN).read_settings(asked.method_settings)
    except GradcamError as error:
        parser.error(f"argument --method-settings: {error}")
    return asked


def _given(arguments: Sequence[str]) -> list[str]:
    """The arguments without those that Studio writes with nothing in them."""
    given: list[str] = []
    for word in arguments:
        if word == "" and given and given[-1].startswith("--"):
            given.pop()
        else:
            given.append(word)
    return given


def _check_source(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> None:
    """One source; a key beside the metadata is the metadata's, beside a link's the link's."""
    needs_key = asked.source is not None and asked.source.kind.needs_key
    key = None if needs_key else asked.api_key
    given = [asked.demo, asked.project, asked.source, asked.metadata or key]
    if sum(source is not None for source in given) > 1:
        parser.error("give one of --api-key, --metadata, --project, --demo and --source")
    if asked.split and not asked.project:
        parser.error("--split is for --project")
    if asked.model and (asked.demo or asked.source or asked.metadata):
        parser.error("--model is for --project and --api-key")
    if not any(given) and not os.environ.get(KEY_VARIABLE):
        parser.error(
            f"give one of --api-key (or {KEY_VARIABLE}), --metadata, --project, --demo and --source"
        )


def _parser(about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="block.py",
        description="Explain every sample of a test set and sort the overlays by verdict.",
        epilog=about.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_source(parser)
    add_comparing(parser)
    add_working(parser)
    _add_explaining(parser)
    return parser


def _add_source(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("where the project is (one of the first five)").add_argument
    add(
        "--api-key",
        metavar="ei_…",
        help=f"of an Edge Impulse project; better in the variable {KEY_VARIABLE}, which "
        "other users of the machine cannot see",
    )
    add(
        "--metadata",
        type=Path,
        metavar="FILE",
        help="Studio's deployment metadata; its trained.h5.zip is used, and deploy.zip lands in "
        "its output folder",
    )
    add("--project", metavar="FOLDER", help="a folder with a model and test samples")
    add(
        "--split",
        default="",
        metavar="FOLDER",
        help="of --project, where it holds several: such as dataset/train (default: the test "
        "split, else validation, else training)",
    )
    add(
        "--model",
        default="",
        metavar="FILE",
        help="where there are several: a file of --project, or one of Studio's downloads, such as "
        "tflite-int8 (default: the one that explains best)",
    )
    add(
        "--source",
        type=_reference,
        metavar="SOURCE",
        help="as the dashboard's links have it, with what was chosen of the input, such as "
        "folder:/data/cars?scaling=0..1; one in Edge Impulse needs its key beside it",
    )
    add("--demo", choices=DEMOS, help="a project that comes with this one")
    add("--host", help="a white-label or own Studio (default: the metadata's, else the public one)")
    add(
        "--test-set",
        type=Way,
        choices=list(Way),
        default=Way.SAMPLES,
        help="how it is fetched: sample by sample (default; needs no right to start jobs) or by "
        "one export (for very large ones)",
    )
    add(
        "--skip-dataset-download",
        type=_switch,
        nargs="?",
        const=True,
        default=False,
        help="use only samples that an earlier run has kept",
    )
    add(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="for the results (default: gradcam-output; with --metadata a temporary one)",
    )
    add(
        "--network",
        default="",
        metavar="NAME",
        help="where the project has several that answer the same (default: the first)",
    )
    add(
        "--arithmetic",
        type=Arithmetic,
        choices=list(Arithmetic),
        default=Arithmetic.PHONE,
        help="how a network of whole numbers (int8) rounds (default: as on a phone or PC)",
    )
    add(
        "--filter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="only samples that pass it, by the names of the dashboard's links: "
        f"{', '.join(CONDITIONS)}; can be given several times, and all have to hold, such as "
        'verdict=incorrect "true_class=no car" low=80',
    )


def _add_explaining(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("how it is explained and drawn").add_argument
    add(
        "--layer",
        metavar="NAME",
        help="default: the last one with a map larger than 1×1, of a grid a finer one; an earlier "
        f"one is finer and less sure; {RECOMMENDED}: the one that tells the most on some samples",
    )
    add(
        "--method",
        choices=[UNCHOSEN.name, *METHODS, RECOMMENDED],
        default=UNCHOSEN.name,
        help=f"how the map is made ({UNCHOSEN.name}: {GRAD_CAM}, of objects and some sounds "
        f"hires-cam); {', '.join(MANY)} need many predictions for each sample; {RECOMMENDED}: the "
        "one of the fast ones that tells the most on some samples",
    )
    add(
        "--method-settings",
        default="",
        metavar="NAME=VALUE,…",
        help="of a method that has some, such as masks=4000 for rise",
    )
    add(
        "--target",
        default=PREDICTED,
        metavar="predicted|true|CLASS",
        help="what is explained: the predicted class (default: why did it say that?), the true "
        "one (what spoke for the right answer?), or one class for all; of a regression the "
        "number of an output, with a - before it for what lowers it",
    )
    add(
        "--against",
        default=NOBODY,
        metavar="second|predicted|true|CLASS",
        help="why the target and not this class, such as the second best",
    )
    add(
        "--pooling-gradients",
        type=Pooling,
        choices=list(Pooling),
        default=DEFAULT.recipe.pooling,
        help="mean is Grad-CAM (default); sum_abs loses the sign: also what speaks against the "
        "class is hot",
    )
    add(
        "--heatmap-normalization",
        type=Normalization,
        choices=list(Normalization),
        default=DEFAULT.recipe.normalization,
        help="percentile divides by the percentile below (default), simple by the greatest",
    )
    add(
        "--percentile",
        type=partial(_between, 50.0, 100.0),
        default=DEFAULT.recipe.percentile,
        metavar="50…100",
        help="below 100 a single hot cell does not darken the rest (default 100)",
    )
    add(
        "--shared-scale",
        type=_switch,
        nargs="?",
        const=True,
        default=False,
        help="one scale for all heatmaps, so that their heat can be compared",
    )
    add(
        "--alpha",
        type=partial(_between, 0.0, 1.0),
        default=DEFAULT.alpha,
        metavar="0…1",
        help="opacity of the heat (default 0.4); 0.6 on dark pictures",
    )
    add(
        "--colormap",
        type=Colormap,
        choices=list(Colormap),
        default=DEFAULT.colormap,
        help="jet is what most know (default); viridis is even to the eye",
    )
    add(
        "--overlay-size",
        type=OverlaySize,
        choices=list(OverlaySize),
        default=OverlaySize.ORIGINAL,
        help="as the sample's own picture (default), or small as the network's input",
    )
    add(
        "--threshold",
        type=partial(_between, 0.0, float("inf")),
        metavar="X",
        help="of the verdict (default: the project's): a regression's error of at most this is "
        "correct; above this score one unit says the second class, or a label is said",
    )
    add(
        "--uncertain",
        type=_switch,
        nargs="?",
        const=True,
        default=False,
        help="answers below the project's confidence threshold count as uncertain, as in Studio",
    )
    add(
        "--rule",
        metavar="WORDS",
        default="",
        help="what counts as right where that is a choice: of objects “Centres near” (default, as "
        "in Studio) or “Centre inside” (the labelled box)",
    )


def _reference(text: str) -> SourceReference:
    try:
        return parse_reference(text)
    except GradcamError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no source of a link") from error


def _between(low: float, high: float, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high or value == float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from {low:g} to {high:g}")
    return value


def _switch(text: str) -> bool:
    """Studio writes a boolean parameter as 1 or 0."""
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is neither 1 nor 0")
    return known[text.lower()]
