"""Answers about learn blocks and the models they give out."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.studio.clock import written
from tests.studio.errors import StudioError
from tests.studio.hearing import feature_shape
from tests.studio.impulse import (
    LITE_KINDS,
    Impulse,
    InputBlock,
    LearnBlock,
    Mode,
    ModelDownload,
    Threshold,
)
from tests.studio.project import StudioProject
from tests.studio.sample import Category

Json = dict[str, Any]
VARIANTS = ("float32", "int8")
FIXED = (2026, 1, 1, 0, 0, 0)  # the same model must give the same zip


def keras(project: StudioProject, block: LearnBlock) -> Json:
    """Of `/{project}/training/keras/{id}`."""
    owner = project.impulse_of(block)
    confidence = block.threshold(Threshold.MIN_SCORE)
    return {
        "dependencies": {
            "classes": list(block.labels or block.class_names),
            "outputClasses": list(block.class_names),
            "blockNames": [item.name for item in owner.dsps if item.id in block.dsp],
            "featureCount": 0,
            "sampleCount": len(project.listed(Category.TRAINING)),
        },
        "trained": block.has_trained_model,
        "name": block.name,
        "type": block.type,
        "script": "import tensorflow as tf\n",
        "minimumConfidenceRating": 0.6 if confidence is None else confidence,
        "selectedModelType": "float32",
        "mode": "expert" if block.expert else "visual",
        "trainingCycles": 20,
        "learningRate": 0.0005,
        "defaultBatchSize": 32,
        "visualLayers": [{"type": "conv2d", "neurons": 24, "kernelSize": 3}],
        "augmentationPolicyImage": "none",
        "transferLearningModels": [],
        "shape": _shape(owner, block),
        "profileInt8": True,
        "skipEmbeddingsAndMemory": False,
        "showAdvancedTrainingSettings": True,
        "showAugmentationTrainingSettings": True,
        "thresholds": thresholds(block),
    }


def keras_metadata(block: LearnBlock, *, with_labels: bool) -> Json:
    """Of `/{project}/training/keras/{id}/metadata`."""
    answer: Json = {
        "created": written(block.created),
        "layers": [],
        "classNames": list(block.class_names),
        "labels": list(block.labels) if with_labels else [],
        "availableModelTypes": list(VARIANTS) if block.has_trained_model else [],
        "recommendedModelType": "int8",
        "modelValidationMetrics": [_metrics(block, variant) for variant in VARIANTS],
        "hasTrainedModel": block.has_trained_model,
        "mode": block.mode.value,
        "thresholds": thresholds(block),
    }
    if block.scaling is not None:
        answer["imageInputScaling"] = block.scaling
    if block.last_layer is not None:
        answer["objectDetectionLastLayer"] = block.last_layer
    return answer


def anomaly_metadata(block: LearnBlock) -> Json:
    """Of `/{project}/training/anomaly/{id}/metadata`."""
    if block.mode is not Mode.VISUAL_ANOMALY:
        raise StudioError(f"Block {block.id} is no anomaly block")
    return {
        "created": written(block.created),
        "scale": block.mixture.get("scale", []),
        "mean": block.mixture.get("mean", []),
        "clusters": [],
        "axes": [],
        "defaultMinimumConfidenceRating": 3.0,
        "availableModelTypes": list(VARIANTS),
        "hasTrainedModel": block.has_trained_model,
        "thresholds": thresholds(block),
    }


def gmm_metadata(block: LearnBlock) -> Json:
    """Of `/{project}/training/anomaly/{id}/gmm/metadata`."""
    if not block.mixture:
        raise StudioError(f"Block {block.id} has no mixture")
    return {name: block.mixture[name] for name in ("means", "covariances", "weights")}


def thresholds(block: LearnBlock) -> list[Json]:
    """A block's thresholds."""
    return [_threshold(item) for item in block.thresholds]


def _threshold(item: Threshold) -> Json:
    answer: Json = {
        "key": item.key,
        "description": item.description,
        "helpText": item.help_text,
        "value": item.value,
    }
    if item.suggested is not None:
        answer |= {"suggestedValue": item.suggested, "suggestedValueText": f"{item.suggested:g}"}
    return answer


def _metrics(block: LearnBlock, variant: str) -> Json:
    metrics: Json = {
        "type": variant,
        "loss": 0.05,
        "confusionMatrix": [],
        "report": {},
        "onDevicePerformance": [],
        "visualization": "none",
        "isSupportedOnMcu": True,
        "additionalMetrics": [],
    }
    if block.mode is not Mode.REGRESSION:
        metrics["accuracy"] = 0.97
    return metrics


def _shape(owner: Impulse, block: LearnBlock) -> str:
    source: InputBlock = owner.inputs[0]
    if source.windows is not None:
        sizes = [feature_shape(item, source.windows) for item in owner.dsps if item.id in block.dsp]
        return f"({sum(frames * rows for frames, rows in sizes)},)"
    gray = any(item.channels == "Grayscale" for item in owner.dsps if item.id in block.dsp)
    return f"({source.height}, {source.width}, {1 if gray else 3},)"


# ----------------------------------------------------------------------------------- downloads


def downloads(project: StudioProject, impulse: Impulse | None) -> Json:
    """Of `/{project}/downloads`."""
    rows: list[Json] = []
    for block in impulse.learns if impulse else []:
        for item in models(block):
            link = f"/api/{project.id}/learn-data/{block.id}/model/{item.id}"
            size = f"{max(1, len(item.content) // 1024)} KB"
            rows.append({
                "id": item.id, "name": item.name, "type": item.type, "size": size, "link": link,
                "impulseId": impulse.id,
            })  # fmt: skip
    rows += [_features(project, impulse, axis) for axis in "xy" if impulse and impulse.dsps]
    return {"downloads": rows}


def models(block: LearnBlock) -> list[ModelDownload]:
    """What a trained block gives out."""
    if not block.has_trained_model:
        return []
    named = f"{block.name} model"
    found = [
        ModelDownload(id_, f"TensorFlow Lite ({numbers}) {named}", kind, block.lite[id_])
        for id_, (numbers, kind) in LITE_KINDS.items()
        if id_ in block.lite
    ]
    if block.model is not None:
        found.append(
            ModelDownload("tflite-h5", f"Keras h5 {named}", "Keras .h5 model", _zipped(block.model))
        )
    return [*found, *block.more_downloads]


def _zipped(model: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("model.h5", FIXED)
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, model, compresslevel=1)
    return sink.getvalue()


def _features(project: StudioProject, impulse: Impulse, axis: str) -> Json:
    block = impulse.dsps[0]
    what = "data" if axis == "x" else "labels"
    return {
        "name": f"{block.name} training {what}",
        "type": "NPY file",
        "size": f"{len(project.listed(Category.TRAINING))} windows",
        "link": f"/api/{project.id}/dsp-data/{block.id}/{axis}/training",
        "impulseId": impulse.id,
    }
