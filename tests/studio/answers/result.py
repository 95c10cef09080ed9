"""Answers about model testing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.studio.answers import impulse as impulses
from tests.studio.answers import learn, sample
from tests.studio.impulse import Impulse, LearnBlock, Mode, Threshold
from tests.studio.project import StudioProject, TestRun
from tests.studio.sample import StudioSample

Json = dict[str, Any]
VALUE = "value"  # what a regression's only output is called
UNCERTAIN = "uncertain"
MIN_SCORE, MAX_ERROR = 0.6, 0.1  # Studio's own where a block has no threshold


def whole(project: StudioProject, impulse: Impulse, run: TestRun | None) -> Json:
    """Of `/{project}/classify/all/result`; a run of None: thresholds changed since."""
    tested = _tested(project, run)
    predictions = [_prediction(impulse, run, item) for item in tested if run]
    answer: Json = {
        "result": [_result(project, impulse, run, item) for item in tested if run],
        "predictions": predictions,
        "accuracy": _accuracy(impulse, predictions),
        "additionalMetricsByLearnBlock": [],
        "availableVariants": [kind.value for of, kind in project.tests if of == impulse.id],
    }
    if project.thresholds_changed is not None:
        answer["noResultsBecauseThresholdsChanged"] = project.thresholds_changed
    return answer


def page(
    project: StudioProject,
    impulse: Impulse,
    run: TestRun | None,
    chosen: set[int],
    first: int,
    end: int,
) -> Json:
    """Of `/{project}/classify/all/result/page`."""
    tested = [item for item in _tested(project, run) if item.id in chosen]
    return {
        "result": [_result(project, impulse, run, item) for item in tested[first:end] if run],
        "predictions": [_prediction(impulse, run, item) for item in tested[first:end] if run],
        "totalCount": len(tested),
    }


def _tested(project: StudioProject, run: TestRun | None) -> list[StudioSample]:
    if run is None:
        return []
    ids = set().union(*run.scores.values()) if run.scores else set()
    return [item for item in project.listed() if item.id in ids]


def _blocks(impulse: Impulse, run: TestRun) -> list[LearnBlock]:
    return [block for block in impulse.learns if block.id in run.scores]


def _result(project: StudioProject, impulse: Impulse, run: TestRun, item: StudioSample) -> Json:
    return {
        "sampleId": item.id,
        "sample": sample.sample(project, item),
        "classifications": [
            {
                "learnBlock": impulses.learn(block),
                "result": [_named(block, run.scores[block.id][item.id])],
                "expectedLabels": sample.structured(item),
                "minimumConfidenceRating": _limit(block),
                "thresholds": learn.thresholds(block),
                "intervalMs": 0,
                "frequencyHz": 0,
                "resultCount": 1,
            }
            for block in _blocks(impulse, run)
        ],
    }


def _named(block: LearnBlock, scores: Sequence[float]) -> Json:
    names = [VALUE] if block.mode is Mode.REGRESSION else block.class_names
    return dict(zip(names, scores, strict=True))


def _prediction(impulse: Impulse, run: TestRun, item: StudioSample) -> Json:
    """Studio's verdict, by the first learn block."""
    block = _blocks(impulse, run)[0]
    scores = run.scores[block.id][item.id]
    if block.mode is Mode.REGRESSION:
        said = f"{scores[0]:.2f}"
        correct = abs(scores[0] - float(item.label)) <= _limit(block)
    else:
        said = block.class_names[max(range(len(scores)), key=scores.__getitem__)]
        if max(scores) < _limit(block):
            said = UNCERTAIN
        correct = said == item.label
    return {
        "sampleId": item.id,
        "startMs": 0,
        "endMs": 0,
        "label": item.label,
        "prediction": said,
        "predictionCorrect": correct,
    }


def _limit(block: LearnBlock) -> float:
    if block.mode is Mode.REGRESSION:
        found = block.threshold(Threshold.MAX_ERROR)
        return MAX_ERROR if found is None else found
    found = block.threshold(Threshold.MIN_SCORE)
    return MIN_SCORE if found is None else found


def _accuracy(impulse: Impulse, predictions: Sequence[Json]) -> Json:
    labels = sorted({item["label"] for item in predictions})
    answer: Json = {
        "totalSummary": _tally(predictions),
        "summaryPerClass": {
            label: _tally([item for item in predictions if item["label"] == label])
            for label in labels
        },
        "confusionMatrixValues": {},
        "rows": [],
        "allLabels": labels,
    }
    regression = any(block.mode is Mode.REGRESSION for block in impulse.learns)
    if predictions and not regression:
        answer["accuracyScore"] = answer["totalSummary"]["good"] / len(predictions)
        answer["confusionMatrixValues"] = _confusion(labels, predictions)
    elif predictions:
        errors = [float(item["prediction"]) - float(item["label"]) for item in predictions]
        answer["mseScore"] = sum(error**2 for error in errors) / len(errors)
    return answer


def _tally(predictions: Sequence[Json]) -> Json:
    good = sum(item["predictionCorrect"] for item in predictions)
    return {"good": good, "bad": len(predictions) - good}


def _confusion(labels: Sequence[str], predictions: Sequence[Json]) -> Json:
    said = sorted({*labels, *(item["prediction"] for item in predictions)})
    return {
        label: {
            name: sum(item["label"] == label and item["prediction"] == name for item in predictions)
            for name in said
        }
        for label in labels
    }
