"""The command that makes the same export without a browser."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from services.export.background import Request
from services.sources.reference import MODEL, SPLIT, SourceKind, SourceReference
from services.tasks.targets import PREDICTED, SECOND, TRUE


def command_line(request: Request) -> str:
    """What to type into a shell; a key has to be put in, and the folder of an upload."""
    return shlex.join(["python", "block.py", *arguments_of(request)]).replace("'ei_…'", "ei_…")


def arguments_of(request: Request) -> list[str]:
    """The arguments that make block.py make the same files, to the byte but for date and times."""
    return [*_source(request.opened.reference), *_plan(request)]


def _source(reference: SourceReference) -> Iterator[str]:
    """The source by its plain argument, or as its link says it where that would lose something."""
    picks = dict(reference.picks)
    if reference.kind is SourceKind.UPLOAD:
        yield from ("--project", "FOLDER")
    elif reference.kind.needs_key:
        yield from ("--api-key", "ei_…", "--source", str(reference))
    elif (
        reference.kind is SourceKind.BUCKET
        or reference.chosen
        or reference.check
        or set(picks) - {SPLIT, MODEL}
    ):
        yield from ("--source", str(reference))
    elif reference.kind is SourceKind.DEMO:
        yield from ("--demo", reference.place)
    else:
        yield from ("--project", reference.place)
        for name, pick in picks.items():
            yield from (f"--{name}", pick)


def _plan(request: Request) -> Iterator[str]:
    plan, recipe = request.plan, request.plan.recipe
    flags = {
        "--network": request.opened.project.used,
        "--arithmetic": request.opened.project.network.arithmetic or "",
        "--layer": recipe.layer,
        "--method": recipe.method,
        "--method-settings": recipe.method_settings,
        "--target": _class_said(recipe.target),
        "--against": _class_said(recipe.against),
        "--pooling-gradients": recipe.pooling,
        "--heatmap-normalization": recipe.normalization,
        "--percentile": repr(float(recipe.percentile)).removesuffix(".0"),
        "--alpha": repr(float(plan.alpha)).removesuffix(".0"),
        "--colormap": plan.colormap,
        "--overlay-size": plan.overlay_size,
    }
    for flag, value in flags.items():
        if str(value):
            # Such as a target -0: argparse takes a word that begins with a dash for a flag.
            joined = str(value).startswith("-")
            yield from (f"{flag}={value}",) if joined else (flag, str(value))
    if recipe.shared_scale:
        yield "--shared-scale"
    if plan.filter.threshold is not None:
        yield from ("--threshold", repr(float(plan.filter.threshold)))
    if plan.filter.uncertain:
        yield "--uncertain"
    if plan.filter.rule:
        yield from ("--rule", plan.filter.rule)
    for name, text in plan.filter.written_for_others().items():
        yield from ("--filter", f"{name}={text}")


def _class_said(words: str) -> str:
    """A class by its name, unless the command would take that for something else."""
    name = words.removeprefix("=")
    reserved = {PREDICTED, TRUE, SECOND} if name != words else set()
    return words if name in reserved or name.startswith(("=", "-")) else name
