"""The whole test set without a browser, as a command and as Edge Impulse's deployment block.

Exit codes: 0 done, 2 wrong use or an output that cannot be written, 3 the source failed,
4 nothing explainable, 130 stopped (the same command goes on from there).
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported anywhere

from gradcam import Colormap, GradcamError, Method, NoLayerError, Normalization, Pooling
from services.choices import PREDICTED, TRUE, Choices
from services.console import watched
from services.edge_impulse.access import Access, ApiKey, redact_logs
from services.edge_impulse.connect import Deployed, connect
from services.edge_impulse.host import find_host
from services.edge_impulse.metadata import Deployment, read_deployment
from services.edge_impulse.place import Way
from services.errors import Cancelled, NothingExplainableError, OutputError, ProjectError
from services.export.job import Exported, export
from services.export.plan import ExportPlan, OverlaySize
from services.jobs import Progress
from services.opening import Prepared, prepare, prepare_source, studio_reference
from services.preprocessing import spread
from services.sources.reference import DEMOS, SourceKind, SourceReference

DONE, WRONG_USE, SOURCE_FAILED, NOTHING, STOPPED = 0, 2, 3, 4, 130
KEY_VARIABLE = "EI_API_KEY"
DEFAULT = Choices()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    logging.basicConfig(level=logging.ERROR)
    redact_logs()
    parser = _parser()
    asked, unknown = parser.parse_known_args(arguments)
    if unknown and asked.metadata is None:  # Studio adds arguments of its own
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    _check_source(parser, asked)
    try:
        exported = _run(asked)
    except _EndedError as ended:
        sys.stderr.write(f"{ended}\n")
        return ended.code
    _tell(exported)
    return DONE


class _EndedError(Exception):
    """The command ends early, with a sentence and an exit code."""

    def __init__(self, sentence: object, code: int) -> None:
        super().__init__(str(sentence))
        self.code = code


def _run(asked: argparse.Namespace) -> Exported:
    progress = Progress()
    try:
        deployment = read_deployment(asked.metadata) if asked.metadata else None
        prepared = watched(partial(_source, asked, deployment), progress)
    except Cancelled as stopped:
        raise _EndedError("Stopped.", STOPPED) from stopped
    except NoLayerError as error:
        raise _EndedError(error, NOTHING) from error
    except GradcamError as error:
        raise _EndedError(error, SOURCE_FAILED) from error
    try:
        output = asked.output or _output(deployment)
        exported = watched(partial(_export, asked, prepared, output), progress)
        if deployment is not None and deployment.output is not None:
            _hand_over(exported.zip, deployment.output)
    except Cancelled as stopped:
        raise _EndedError("Stopped; the same command goes on from here.", STOPPED) from stopped
    except NothingExplainableError as error:
        raise _EndedError(error, NOTHING) from error
    except GradcamError as error:
        raise _EndedError(error, WRONG_USE) from error
    return exported


def _check_source(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> None:
    """One source; a key beside the metadata is the metadata's."""
    given = [asked.demo, asked.project, asked.metadata or asked.api_key]
    if sum(source is not None for source in given) > 1:
        parser.error("give one of --api-key, --metadata, --project and --demo")
    if not any(given) and not os.environ.get(KEY_VARIABLE):
        parser.error(f"give one of --api-key (or {KEY_VARIABLE}), --metadata, --project and --demo")


def _source(
    asked: argparse.Namespace, deployment: Deployment | None, progress: Progress
) -> Prepared:
    if asked.demo:
        return prepare_source(SourceReference(SourceKind.DEMO, asked.demo), progress)
    if asked.project:
        place = str(Path(asked.project).expanduser())
        return prepare_source(SourceReference(SourceKind.FOLDER, place), progress)
    key = asked.api_key or os.environ.get(KEY_VARIABLE) or (deployment.key if deployment else "")
    if not key:
        raise ProjectError(
            "The metadata holds no API key, since the block is not privileged or the project has "
            f"no development key; give one with --api-key or {KEY_VARIABLE}."
        )
    host = asked.host or (deployment.host if deployment else "")
    access = Access(ApiKey(key), find_host(host, [host] if host else []))
    deployed = None
    if deployment is not None and deployment.model is not None:
        deployed = Deployed(deployment.model, deployment.learn)
    content, studio = connect(
        access,
        progress,
        way=asked.test_set,
        deployed=deployed,
        fetch=not asked.skip_dataset_download,
    )
    if deployment is not None and deployment.project not in {None, studio.place.project}:
        raise ProjectError(
            f"The key is for project {studio.place.project}, and the metadata for project "
            f"{deployment.project}; give the key of that project."
        )
    return prepare(content, studio, studio_reference(studio.place), progress)


def _export(
    asked: argparse.Namespace, prepared: Prepared, output: Path, progress: Progress
) -> Exported:
    project = prepared.project
    target = asked.target if asked.target in {PREDICTED, TRUE} else f"={asked.target}"
    choices = replace(
        DEFAULT,
        layer=asked.layer or "",
        method=asked.method,
        target=target,
        pooling=asked.pooling_gradients,
        normalization=asked.heatmap_normalization,
        percentile=asked.percentile,
        shared_scale=asked.shared_scale,
        alpha=asked.alpha,
        colormap=asked.colormap,
        threshold=asked.threshold,
    )
    plan = ExportPlan.of(project, choices, asked.overlay_size)
    chosen = project.samples
    if asked.limit:
        some = {sample.id for sample in spread(project.samples, asked.limit)}
        chosen = tuple(sample for sample in project.samples if sample.id in some)
    return export(project, plan, chosen, output, str(prepared.reference), progress)


def _output(deployment: Deployment | None) -> Path:
    if deployment is None:
        return Path("gradcam-output")
    # The folders that Studio mounts are slow; only the zip goes there.
    return Path(tempfile.gettempdir()) / f"gradcam-{deployment.project or 'project'}"


def _hand_over(packed: Path, output: Path) -> None:
    part = output / ".deploy.zip.part"
    try:
        output.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packed, part)
        part.replace(output / packed.name)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"The output folder {output} cannot be written.") from error


def _tell(exported: Exported) -> None:
    counts = exported.counts
    sys.stdout.write(
        f"{counts['explained']:,} explained: {counts['correct']:,} correct, "
        f"{counts['incorrect']:,} incorrect"
        + (f", {counts['unlabelled']:,} without a label" if counts["unlabelled"] else "")
        + (f"; {counts['blank']:,} blank maps" if counts["blank"] else "")
        + (f"; {counts['left_out']:,} left out" if counts["left_out"] else "")
        + f"\n{exported.zip}\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="block.py",
        description="Explain every picture of a test set and sort the overlays by verdict.",
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_source(parser)
    _add_explaining(parser)
    return parser


# fmt: off - one option, one paragraph
def _add_source(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("where the project is (one of the first four)").add_argument
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
    add("--project", metavar="FOLDER", help="a folder with a Keras model and test pictures")
    add("--demo", choices=DEMOS, help="a project that comes with this one")
    add("--host", help="a white-label or own Studio (default: the metadata's, else the public one)")
    add(
        "--test-set",
        type=Way,
        choices=list(Way),
        default=Way.SAMPLES,
        help="how it is fetched: picture by picture (default; needs no right to start jobs) or by "
        "one export (for very large ones)",
    )
    add(
        "--skip-dataset-download",
        type=_switch,
        nargs="?",
        const=True,
        default=False,
        help="use only pictures that an earlier run has kept",
    )
    add(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="for the results (default: gradcam-output; with --metadata a temporary one)",
    )
    add(
        "--limit",
        type=_count,
        metavar="N",
        help="only N samples, spread evenly over the labels; for a first look",
    )


def _add_explaining(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("how it is explained and drawn").add_argument
    add(
        "--layer",
        metavar="NAME",
        help="default: the last one with a map larger than 1×1; an earlier one is finer and "
        "less sure",
    )
    add("--method", type=Method, choices=list(Method), default=DEFAULT.method)
    add(
        "--target",
        default=PREDICTED,
        metavar="predicted|true|CLASS",
        help="what is explained: the predicted class (default: why did it say that?), the true "
        "one (what spoke for the right answer?), or one class for all",
    )
    add(
        "--pooling-gradients",
        type=Pooling,
        choices=list(Pooling),
        default=DEFAULT.pooling,
        help="mean is Grad-CAM (default); sum_abs loses the sign: also what speaks against the "
        "class is hot",
    )
    add(
        "--heatmap-normalization",
        type=Normalization,
        choices=list(Normalization),
        default=DEFAULT.normalization,
        help="percentile divides by the percentile below (default), simple by the greatest",
    )
    add(
        "--percentile",
        type=partial(_between, 50.0, 100.0),
        default=DEFAULT.percentile,
        metavar="50…100",
        help="below 100 a single hot cell does not darken the rest (default 100)",
    )
    add(
        "--shared-scale",
        type=_switch,
        nargs="?",
        const=True,
        default=False,
        help="one scale for all pictures, so that their heat can be compared",
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
        help="a regression's error of at most this is correct (default: the project's, or 0.1)",
    )


# fmt: on


def _between(low: float, high: float, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high or value == float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from {low:g} to {high:g}")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def _switch(text: str) -> bool:
    """Studio writes a boolean parameter as 1 or 0."""
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is neither 1 nor 0")
    return known[text.lower()]


if __name__ == "__main__":
    sys.exit(main())
