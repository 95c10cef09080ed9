"""Answers about model testing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tests.studio.answers import impulse as impulses
from tests.studio.answers import learn, sample
from tests.studio.impulse import Impulse, LearnBlock, Mode, Threshold
from tests.studio.project import FoundBox, Said, StudioProject, TestRun, Windowed
from tests.studio.sample import StudioSample

Json = dict[str, Any]
VALUE = "value"  # what a regression's only output is called
UNCERTAIN = "uncertain"
MIN_SCORE, MAX_ERROR, MIN_ANOMALY = 0.6, 0.1, 3.0  # Studio's own where a block has no threshold


def whole(project: StudioProject, impulse: Impulse, run: TestRun | None) -> Json:
    """Of `/{project}/classify/all/result`; a run of None: thresholds changed since."""
    tested = _tested(project, run)
    predictions = _predictions(impulse, run, tested)
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
        "predictions": _predictions(impulse, run, tested[first:end]),
        "totalCount": len(tested),
    }


def _tested(project: StudioProject, run: TestRun | None) -> list[StudioSample]:
    if run is None:
        return []
    ids = set().union(*run.said.values()) if run.said else set()
    return [item for item in project.listed() if item.id in ids]


def _blocks(impulse: Impulse, run: TestRun) -> list[LearnBlock]:
    return [block for block in impulse.learns if block.id in run.said]


def _result(project: StudioProject, impulse: Impulse, run: TestRun, item: StudioSample) -> Json:
    return {
        "sampleId": item.id,
        "sample": sample.sample(project, item),
        "classifications": [
            {
                "learnBlock": impulses.learn(block),
                "expectedLabels": sample.structured(item),
                "minimumConfidenceRating": _limit(block),
                "thresholds": learn.thresholds(block),
                "intervalMs": 0,
                "frequencyHz": 0,
                "resultCount": len(run.said[block.id][item.id]),
                **_windows(block, run.said[block.id][item.id]),
            }
            for block in _blocks(impulse, run)
        ],
    }


def _windows(block: LearnBlock, said: Windowed) -> Json:
    told: Json = {"result": [_named(block, each) for each in said]}
    if any(each.boxes is not None for each in said):
        told["structuredResult"] = [_structured(each.boxes or ()) for each in said]
    if any(each.grid is not None for each in said):
        told["anomalyResult"] = [_anomaly(each.grid or ()) for each in said]
    return told


def _named(block: LearnBlock, said: Said) -> Json:
    names = [VALUE] if block.mode is Mode.REGRESSION else block.class_names
    return dict(zip(names, said.scores, strict=True)) if said.scores else {}


def _structured(boxes: Sequence[FoundBox]) -> Json:
    return {
        "boxes": [[box.x, box.y, box.width, box.height] for box in boxes],
        "labels": [box.label for box in boxes],
        "scores": [box.score for box in boxes],
        "mAP": 0,
        "f1": 1,
        "precision": 1,
        "recall": 1,
    }


def _anomaly(grid: Sequence[Sequence[float]]) -> Json:
    scores = [score for row in grid for score in row]
    return {
        "boxes": [],
        "scores": [list(row) for row in grid],
        "meanScore": sum(scores) / max(1, len(scores)),
        "maxScore": max(scores, default=0.0),
    }


def _predictions(
    impulse: Impulse, run: TestRun | None, tested: Sequence[StudioSample]
) -> list[Json]:
    """Studio's verdicts, by the first learn block: one for each window."""
    if run is None:
        return []
    block = _blocks(impulse, run)[0]
    return [
        _prediction(impulse, block, item, number, said)
        for item in tested
        for number, said in enumerate(run.said[block.id][item.id])
    ]


def _prediction(
    impulse: Impulse, block: LearnBlock, item: StudioSample, number: int, said: Said
) -> Json:
    windows = impulse.inputs[0].windows
    start = 0 if windows is None else windows.starts(len(item.values))[number]
    label = item.label if windows is None else item.label_of(windows, start)
    return {
        "sampleId": item.id,
        "startMs": 0 if windows is None else 1000 * start / windows.frequency,
        "endMs": 0 if windows is None else 1000 * (start + windows.length) / windows.frequency,
        "label": label,
        **_verdict(block, label, said, item),
    }


def _verdict(block: LearnBlock, label: str, said: Said, item: StudioSample) -> Json:
    if said.boxes is not None:
        right = sorted(box.label for box in said.boxes) == sorted(box.label for box in item.boxes)
        return {
            "prediction": ", ".join(box.label for box in said.boxes) or "background",
            "predictionCorrect": right,
            "f1Score": float(right),
            "boundingBoxes": [asdict(box) for box in said.boxes],
        }
    if said.grid is not None:
        odd = max(score for row in said.grid for score in row) >= _limit(block)
        name = "anomaly" if odd else "no anomaly"
        return {
            "prediction": name,
            "predictionCorrect": name == label,
            "anomalyScores": [list(row) for row in said.grid],
        }
    scores = said.scores
    if block.mode is Mode.REGRESSION:
        correct = abs(scores[0] - float(label)) <= _limit(block)
        return {"prediction": f"{scores[0]:.2f}", "predictionCorrect": correct}
    name = block.class_names[max(range(len(scores)), key=scores.__getitem__)]
    if max(scores) < _limit(block):
        name = UNCERTAIN
    return {"prediction": name, "predictionCorrect": name == label}


def _limit(block: LearnBlock) -> float:
    if block.mode is Mode.REGRESSION:
        found = block.threshold(Threshold.MAX_ERROR)
        return MAX_ERROR if found is None else found
    if block.mode is Mode.VISUAL_ANOMALY:
        return block.threshold(Threshold.MIN_ANOMALY) or MIN_ANOMALY
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
