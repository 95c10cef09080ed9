"""The whole test set without a browser, as a command and as Edge Impulse's deployment block.

Exit codes: 0 done, 2 wrong use or an output that cannot be written, 3 the source failed,
4 nothing explainable, 5 a limit of --fail-if is not kept,
130 stopped (the same command goes on from there).
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    gc.disable()  # imports make many objects and hardly any garbage
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported anywhere

from command.ahead import make_ahead
from command.arguments import RECOMMENDED, read_arguments
from command.comparing import compared, have_flips, word_beside
from command.console import watched
from command.source import network_asked, source_asked
from command.workers import answering, makers_of, pass_wanted
from gradcam import GradcamError, Method, NoLayerError, find_method
from services.choices.choices import Choices, Scope
from services.choices.conditions import filter_said, misfit
from services.choices.recipe import UNCHOSEN, Recipe
from services.comparing.record import ComparisonRecord
from services.edge_impulse.access import redact_logs
from services.edge_impulse.metadata import Deployment, read_deployment
from services.engines.maker import Maker, nobody_else
from services.engines.orders import BatchAnswer, serve
from services.errors import Cancelled, NothingExplainableError, OutputError, ProjectError
from services.export.background import exported_samples
from services.export.job import Exported, export
from services.export.making import Batches
from services.export.plan import ExportPlan
from services.export.whole import Whole, whole_of
from services.export.work import Work
from services.heatmaps.recommending import candidate_said, gains_said, recommendation_for
from services.opening.check.telling import way_word
from services.opening.opening import Prepared
from services.opening.side_by_side import decide
from services.predictions.both_arithmetics import OtherArithmetic
from services.predictions.predictions import predict, predicted_before
from services.project import Project
from services.sample import Sample, spread
from services.scan.again import scan_again
from services.work.progress import Progress

SCRIPT = Path(__file__)
DONE, WRONG_USE, SOURCE_FAILED, NOTHING, NOT_KEPT, STOPPED = 0, 2, 3, 4, 5, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    logging.basicConfig(level=logging.ERROR)
    redact_logs()
    asked = read_arguments(arguments, __doc__)
    try:
        if asked.makes_for:
            _make_for(asked)
        else:
            sys.stdout.write(f"{_run(asked)}\n")
    except _EndedError as ended:
        sys.stderr.write(f"{ended}\n")
        return ended.code
    return DONE


class _EndedError(Exception):
    """The command ends early, with a sentence and an exit code."""

    def __init__(self, sentence: object, code: int) -> None:
        super().__init__(str(sentence))
        self.code = code


def _run(asked: Namespace) -> str:
    """What is asked for; what it came to, in words."""
    progress = Progress()
    try:
        asked.engine.check(asked.ray_address)
        deployment = read_deployment(asked.metadata) if asked.metadata else None
        prepared = watched(partial(source_asked, asked, deployment), progress)
    except Cancelled as stopped:
        raise _EndedError("Stopped.", STOPPED) from stopped
    except NoLayerError as error:
        raise _EndedError(error, NOTHING) from error
    except GradcamError as error:
        raise _EndedError(error, SOURCE_FAILED) from error
    try:
        _tell_facts(prepared)
        if asked.ahead:
            return watched(partial(_ahead, asked, prepared), progress)
        output = asked.output or _output(deployment)
        exported, record = watched(partial(_export, asked, prepared, output), progress)
        if deployment is not None and deployment.output is not None:
            _hand_over(exported.zip, deployment.output)
    except Cancelled as stopped:
        raise _EndedError("Stopped; the same command goes on from here.", STOPPED) from stopped
    except NothingExplainableError as error:
        raise _EndedError(error, NOTHING) from error
    except GradcamError as error:
        raise _EndedError(error, WRONG_USE) from error
    if record is None:
        return _said(exported)
    told = f"{_said(exported)}\nBeside {record.name}: {record.said}"
    if record.broken:
        sentences = "; ".join(each.said for each in record.broken)
        raise _EndedError(f"{told}\nNot kept: {sentences}.", NOT_KEPT)
    return told


def _ahead(asked: Namespace, prepared: Prepared, progress: Progress) -> str:
    project = network_asked(asked, prepared.project)
    return make_ahead(asked, project, makers_of(asked, SCRIPT), progress)


def _make_for(asked: Namespace) -> None:
    """Make batches for another run of the command, which has the same arguments."""
    answers, progress = answering(), Progress()
    try:
        maker = _maker_for(asked, progress)
    except GradcamError as error:
        answers.write(BatchAnswer(None, str(error)).line())
        raise _EndedError(error, SOURCE_FAILED) from error
    serve(maker, sys.stdin, answers)


def _maker_for(asked: Namespace, progress: Progress) -> Maker:
    deployment = read_deployment(asked.metadata) if asked.metadata else None
    prepared = source_asked(asked, deployment, progress)
    project = network_asked(asked, prepared.project)
    live = project.at(asked.threshold, uncertain=asked.uncertain, rule=asked.rule)
    if (wanted := pass_wanted(asked.makes_for, live)) is not None:
        return wanted
    planned = _planned(asked, prepared, progress)
    work = Work(asked.makes_for.parents[1], asked.makes_for)
    return Batches(live, planned.plan, planned.samples, work)


@dataclass(frozen=True)
class _Planned:
    """What is explained, and how.

    Attributes:
        project: whose samples.
        plan: how they are explained.
        samples: of it, those that were asked for.
        whole: what is known of all of them.
    """

    project: Project
    plan: ExportPlan
    samples: tuple[Sample, ...]
    whole: Whole


def _export(
    asked: Namespace, prepared: Prepared, output: Path, progress: Progress
) -> tuple[Exported, ComparisonRecord | None]:
    project = network_asked(asked, prepared.project)
    _check_output(output, project.samples)
    planned = _planned(asked, prepared, progress)
    recipe = planned.plan.recipe
    record = None
    if asked.compare:
        makers = makers_of(asked, SCRIPT)
        here = planned.plan.filter.judging(predict(project, progress, makers))
        record = compared(asked, prepared, here, recipe, progress)
    taken = f"--layer={recipe.layer}", f"--method={recipe.method.name}"
    if recipe.method.slow and not asked.workers:  # others never have two runs to make
        decide(project.network, project.medium.height, project.medium.width, progress)
    made = export(
        project,
        planned.plan,
        planned.samples,
        output,
        str(prepared.reference),
        progress,
        replace(planned.whole, compared=record),
        makers_of(asked, SCRIPT, *taken),
    )
    return made, record


def _planned(asked: Namespace, prepared: Prepared, progress: Progress) -> _Planned:
    project = network_asked(asked, prepared.project)
    targets = project.task.targets(project.network)
    target, against = targets.typed(asked.target, asked.against)
    layer, method = _layer_and_method(asked, project, progress)
    recipe = Recipe(
        layer=layer,
        method=method,
        method_settings=asked.method_settings,
        target=target,
        against=against,
        pooling=asked.pooling_gradients,
        normalization=asked.heatmap_normalization,
        percentile=asked.percentile,
        shared_scale=asked.shared_scale,
    )
    choices = Choices(
        recipe=recipe,
        filter=replace(
            asked.filter,
            threshold=asked.threshold,
            uncertain=asked.uncertain,
            rule=asked.rule,
            beside=word_beside(asked),
        ),
        scope=Scope.FILTERED,
        alpha=asked.alpha,
        colormap=asked.colormap,
        overlay_size=asked.overlay_size,
    )
    plan = ExportPlan.of(project, choices)
    plan = replace(plan, filter=replace(plan.filter, heat=plan.recipe))
    chosen, whole = _part(asked, replace(prepared, project=project), plan, progress)
    if asked.limit:
        some = {sample.id for sample in spread(chosen, asked.limit)}
        chosen = tuple(sample for sample in chosen if sample.id in some)
    return _Planned(project, plan, chosen, whole)


def _part(
    asked: Namespace, prepared: Prepared, plan: ExportPlan, progress: Progress
) -> tuple[tuple[Sample, ...], Whole]:
    """The samples that the filter leaves; without one nothing has to be predicted for it."""
    project, only = prepared.project, plan.filter
    makers = nobody_else if asked.makes_for else makers_of(asked, SCRIPT)
    known = (
        predict(project, progress, makers) if only.narrows else predicted_before(project, progress)
    )
    if known is None:
        return project.samples, Whole()
    predictions = only.judging(known)
    if (again := scan_again(predictions, only)) is not None:
        again.make(progress, makers)
    if only.changes and (other := OtherArithmetic(predictions)).fit:
        other.make(progress)
    have_flips(asked, prepared, predictions, only, progress)
    if words := misfit(predictions, only):
        raise ProjectError(words)
    samples = exported_samples(predictions, plan)
    if not samples:
        raise NothingExplainableError(f"No sample passes the filter {filter_said(known, only)}.")
    return samples, whole_of(predictions, plan)


def _layer_and_method(asked: Namespace, project: Project, progress: Progress) -> tuple[str, Method]:
    """What was asked for by name, and what is recommended in place of the rest."""
    layer = "" if asked.layer in {None, RECOMMENDED} else asked.layer
    own = project.usual.method if asked.method == UNCHOSEN.name else asked.method
    method = None if own == RECOMMENDED else find_method(own)
    if asked.layer != RECOMMENDED and method is not None:
        return layer, method
    if asked.layer is None:  # the method alone is left open
        layer = project.network.require_layer().name
    made = recommendation_for(project, layer, method, progress)
    best = made.best.candidate
    figures = "" if made.is_usual else f"{gains_said(made)} "
    sys.stderr.write(f"Taken: {candidate_said(best)}. {figures}{made.reason.value}\n")
    return best.layer, find_method(best.method)


def _check_output(output: Path, samples: Sequence[Sample]) -> None:
    """Overlays among the pictures would be taken for samples the next time."""
    data = os.path.commonpath([sample.path.resolve().parent for sample in samples])
    if output.resolve().is_relative_to(data):
        raise OutputError(
            f"The output folder {output} lies among the test samples; choose another one."
        )


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
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutputError(f"The output folder {output} cannot be written.") from error


def _tell_facts(prepared: Prepared) -> None:
    """What makes figures mean less, and how pictures reach the network where that was found."""
    project, word = prepared.project, way_word(prepared.project.medium)
    for fact in project.facts:
        if fact.warns or (prepared.check is not None and fact.what == word):
            sys.stderr.write(f"{fact.what}: {fact.value} ({fact.why})\n")


def _said(exported: Exported) -> str:
    counts = exported.counts
    more = {
        ", {} without a label": counts["unlabelled"],
        "; {} blank maps": counts["blank"],
        "; {} left out": counts["left_out"],
    }
    return (
        f"{counts['explained']:,} explained: {counts['correct']:,} correct, "
        f"{counts['incorrect']:,} incorrect"
        + "".join(words.format(f"{count:,}") for words, count in more.items() if count)
        + f"\n{exported.zip}"
    )


if __name__ == "__main__":
    gc.enable()
    sys.exit(main())
