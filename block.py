"""The whole test set without a browser, as a command and as Edge Impulse's deployment block.

Exit codes: 0 done, 2 wrong use or an output that cannot be written, 3 the source failed,
4 nothing explainable, 130 stopped (the same command goes on from there).
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
from dataclasses import replace
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    gc.disable()  # imports make many objects and hardly any garbage
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported anywhere

from command.arguments import KEY_VARIABLE, RECOMMENDED, read_arguments
from command.console import watched
from gradcam import GradcamError, Method, NoLayerError, find_method
from services.choices.choices import Choices, Scope
from services.choices.conditions import filter_said, misfit
from services.choices.recipe import Recipe
from services.edge_impulse.access import Access, ApiKey, redact_logs
from services.edge_impulse.connect import Deployed, connect
from services.edge_impulse.host import find_host
from services.edge_impulse.metadata import Deployment, read_deployment
from services.edge_impulse.place import parse_place
from services.errors import Cancelled, NothingExplainableError, OutputError, ProjectError
from services.export.background import exported_samples
from services.export.job import Exported, export
from services.export.plan import ExportPlan
from services.export.whole import Whole, whole_of
from services.heatmaps.recommending import candidate_said, gains_said, recommendation_for
from services.opening.check.telling import way_word
from services.opening.opening import Prepared, prepare, prepare_source, studio_reference
from services.opening.side_by_side import decide
from services.predictions.predictions import predict, predicted_before
from services.project import Project
from services.sample import Sample, spread
from services.scan.again import scan_again
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress

DONE, WRONG_USE, SOURCE_FAILED, NOTHING, STOPPED = 0, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    logging.basicConfig(level=logging.ERROR)
    redact_logs()
    asked = read_arguments(arguments, __doc__)
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


def _run(asked: Namespace) -> Exported:
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
        _tell_facts(prepared)
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


def _source(asked: Namespace, deployment: Deployment | None, progress: Progress) -> Prepared:
    if asked.demo:
        return prepare_source(SourceReference(SourceKind.DEMO, asked.demo), progress)
    if asked.source:
        return prepare_source(asked.source, progress, _access_for(asked))
    if asked.project:
        folder = SourceReference(SourceKind.FOLDER, asked.project)
        return prepare_source(folder.picking(split=asked.split, model=asked.model), progress)
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
        only=deployment.project if deployment else None,
    )
    return prepare(content, studio, studio_reference(studio.place), progress)


def _access_for(asked: Namespace) -> Access | None:
    """The key for a source in Edge Impulse, which names its own Studio; no other needs one."""
    if not asked.source.kind.needs_key:
        return None
    key = asked.api_key or os.environ.get(KEY_VARIABLE)
    if not key:
        raise ProjectError(f"That source needs its project's key: --api-key or {KEY_VARIABLE}.")
    origin = parse_place(asked.source.place).origin
    return Access(ApiKey(key), find_host(origin, [origin]))


def _network(asked: Namespace, project: Project) -> Project:
    using = project.using(asked.network)
    if asked.network and using.network.name != asked.network:
        names = [network.name for network in project.networks]
        known = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
        raise ProjectError(f"There is no network “{asked.network}” here; {known}.")
    return using


def _export(asked: Namespace, prepared: Prepared, output: Path, progress: Progress) -> Exported:
    project = _network(asked, prepared.project)
    _check_output(output, project.samples)
    targets = project.task.targets(project.network)
    target, against = targets.typed(asked.target, asked.against)
    layer, method = _layer_and_method(asked, project, progress)
    if method.slow:  # the others never have two runs to make
        decide(project.network, project.medium.height, project.medium.width, progress)
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
        filter=replace(asked.filter, threshold=asked.threshold, uncertain=asked.uncertain),
        scope=Scope.FILTERED,
        alpha=asked.alpha,
        colormap=asked.colormap,
        overlay_size=asked.overlay_size,
    )
    plan = ExportPlan.of(project, choices)
    chosen, whole = _part(project, plan, progress)
    if asked.limit:
        some = {sample.id for sample in spread(chosen, asked.limit)}
        chosen = tuple(sample for sample in chosen if sample.id in some)
    return export(project, plan, chosen, output, str(prepared.reference), progress, whole)


def _part(
    project: Project, plan: ExportPlan, progress: Progress
) -> tuple[tuple[Sample, ...], Whole]:
    """The samples that the filter leaves; without one nothing has to be predicted for it."""
    only = plan.filter
    known = (predict if only.narrows else predicted_before)(project, progress)
    if known is None:
        return project.samples, Whole()
    predictions = known.at(only.threshold, uncertain=only.uncertain)
    if (again := scan_again(predictions, only)) is not None:
        again.make(progress)
    if words := misfit(predictions, only):
        raise ProjectError(words)
    samples = exported_samples(predictions, plan)
    if not samples:
        raise NothingExplainableError(f"No sample passes the filter {filter_said(known, only)}.")
    return samples, whole_of(predictions, plan)


def _layer_and_method(asked: Namespace, project: Project, progress: Progress) -> tuple[str, Method]:
    """What was asked for by name, and what is recommended in place of the rest."""
    layer = "" if asked.layer in {None, RECOMMENDED} else asked.layer
    method = None if asked.method == RECOMMENDED else find_method(asked.method)
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
            f"The output folder {output} lies among the test pictures; choose another one."
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


def _tell(exported: Exported) -> None:
    counts = exported.counts
    more = {
        ", {} without a label": counts["unlabelled"],
        "; {} blank maps": counts["blank"],
        "; {} left out": counts["left_out"],
    }
    sys.stdout.write(
        f"{counts['explained']:,} explained: {counts['correct']:,} correct, "
        f"{counts['incorrect']:,} incorrect"
        + "".join(words.format(f"{count:,}") for words, count in more.items() if count)
        + f"\n{exported.zip}\n"
    )


if __name__ == "__main__":
    gc.enable()
    sys.exit(main())
