"""Answers about impulses and their processing blocks."""

from __future__ import annotations

from typing import Any

from tests.studio.clock import written
from tests.studio.impulse import DspBlock, Impulse, InputBlock, LearnBlock
from tests.studio.project import StudioProject
from tests.studio.sample import Category

Json = dict[str, Any]


def impulse(item: Impulse) -> Json:
    """One impulse."""
    return {
        "id": item.id,
        "name": item.name,
        "type": item.type,
        "inputBlocks": [_input(block) for block in item.inputs],
        "dspBlocks": [_dsp(block) for block in item.dsps],
        "learnBlocks": [learn(block) for block in item.learns],
        "postProcessingBlocks": [],
    }


def learn(block: LearnBlock) -> Json:
    """A learn block as the impulse lists it."""
    return {
        "id": block.id,
        "type": block.type,
        "name": block.name,
        "title": block.name,
        "dsp": list(block.dsp),
        "createdBy": "createImpulse",
        "createdAt": written(block.created),
    }


def dsp_config(project: StudioProject, block: DspBlock) -> Json:
    """Of `/{project}/dsp/{id}`."""
    labels = _labels(project, Category.TRAINING)
    features = {"generated": block.generated}
    if block.generated:
        features |= {
            "count": len(project.listed(Category.TRAINING)),
            "labels": [],
            "classes": labels,
        }
    config = [] if block.channels is None else [_channels(block.channels)]
    return {
        "dsp": {
            "id": block.id,
            "name": block.name,
            "type": block.type,
            "windowLength": 0,
            "classes": labels,
            "features": features,
            "expectedWindowCount": len(project.listed(Category.TRAINING)),
            "inputAxes": ["image"],
            "canCalculateFeatureImportance": False,
            "calculateFeatureImportance": False,
            "canNormalizeData": False,
            "normalizeData": "none",
        },
        "config": config,
    }


def dsp_metadata(
    project: StudioProject, block: DspBlock, category: Category | None, *, with_samples: bool
) -> Json:
    """Of `/{project}/dsp/{id}/metadata`."""
    source = project.impulse_of(block).inputs[0]
    width, height = source.width or 1, source.height or 1
    channels = 1 if block.channels == "Grayscale" else 3
    samples = [item for item in reversed(project.listed(category)) if not item.is_disabled]
    listed = [{"id": item.id, "windowCount": 1} for item in samples] if with_samples else []
    return {
        "created": written(project.created),
        "generated": block.generated,
        "dspConfig": {} if block.channels is None else {"channels": block.channels},
        "labels": _labels(project, category),
        "featureCount": width * height * channels,
        "windowCount": len(samples),
        "includedSamples": listed,
        "windowSizeMs": 0,
        "windowIncreaseMs": 0,
        "padZeros": False,
        "frequency": 0,
        "outputConfig": {
            "type": "image",
            "shape": {"width": width, "height": height, "channels": channels},
        },
    }


def _labels(project: StudioProject, category: Category | None) -> list[str]:
    return sorted({item.label for item in project.listed(category) if item.label})


def _input(block: InputBlock) -> Json:
    optional = {
        "imageWidth": block.width,
        "imageHeight": block.height,
        "resizeMode": block.resize_mode,
        "resizeMethod": block.resize_method,
        "cropAnchor": block.crop_anchor,
    }
    told = {key: value for key, value in optional.items() if value is not None}
    return {
        "id": block.id,
        "type": block.type,
        "name": block.name,
        "title": block.name,
        "createdBy": "createImpulse",
        **told,
    }


def _dsp(block: DspBlock) -> Json:
    linked = {} if block.input is None else {"input": block.input}
    return {
        "id": block.id,
        "type": block.type,
        "name": block.name,
        "title": block.name,
        "axes": ["image"],
        "implementationVersion": 1,
        "createdBy": "createImpulse",
        **linked,
    }


def _channels(chosen: str) -> Json:
    options = [
        {"value": name, "optionLabel": name, "selected": name == chosen}
        for name in ("RGB", "Grayscale")
    ]
    item = {
        "name": "Color depth",
        "param": "channels",
        "type": "select",
        "value": chosen,
        "defaultValue": "RGB",
        "help": "Color depth to reduce the image to",
        "selectOptions": options,
        "readonly": False,
        "shouldShow": True,
        "required": True,
        "showClickToSet": False,
    }
    return {"group": "Parameters", "items": [item]}
