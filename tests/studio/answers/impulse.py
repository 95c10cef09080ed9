"""Answers about impulses and their processing blocks."""

from __future__ import annotations

from typing import Any

from tests.studio.clock import written
from tests.studio.hearing import feature_shape
from tests.studio.impulse import DspBlock, Impulse, InputBlock, LearnBlock, Windows
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
    if block.options:
        config.append({"group": "Parameters", "items": list(map(_number, block.options.items()))})
    return {
        "dsp": {
            "id": block.id,
            "name": block.name,
            "type": block.type,
            "windowLength": 0,
            "classes": labels,
            "features": features,
            "expectedWindowCount": len(project.listed(Category.TRAINING)),
            "inputAxes": list(block.axes),
            "canCalculateFeatureImportance": False,
            "calculateFeatureImportance": False,
            "canNormalizeData": bool(block.options),
            "normalizeData": block.normalize,
        },
        "config": config,
    }


def dsp_metadata(
    project: StudioProject, block: DspBlock, category: Category | None, *, with_samples: bool
) -> Json:
    """Of `/{project}/dsp/{id}/metadata`."""
    source = project.impulse_of(block).inputs[0]
    if source.windows is not None:
        return _dsp_of_sounds(project, block, source.windows, category, with_samples=with_samples)
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


def _dsp_of_sounds(
    project: StudioProject,
    block: DspBlock,
    windows: Windows,
    category: Category | None,
    *,
    with_samples: bool,
) -> Json:
    samples = [item for item in reversed(project.listed(category)) if not item.is_disabled]
    counts = [
        {"id": item.id, "windowCount": len(windows.starts(len(item.values)))} for item in samples
    ]
    frames, rows = feature_shape(block, windows)
    return {
        "created": written(project.created),
        "generated": block.generated,
        "dspConfig": {name: f"{value:g}" for name, value in block.options.items()},
        "labels": _labels(project, category),
        "featureCount": frames * rows,
        "windowCount": sum(item["windowCount"] for item in counts),
        "includedSamples": counts if with_samples else [],
        "windowSizeMs": windows.size_ms,
        "windowIncreaseMs": windows.increase_ms,
        "padZeros": windows.pad_zeros,
        "frequency": windows.frequency,
        "outputConfig": {"type": "spectrogram", "shape": {"width": frames, "height": rows}},
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
    if block.windows is not None:
        told |= _windows(block.windows)
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
        "axes": list(block.axes),
        "implementationVersion": block.version,
        "createdBy": "createImpulse",
        **linked,
    }


def _windows(windows: Windows) -> Json:
    told: Json = {
        "windowSizeMs": windows.size_ms,
        "windowIncreaseMs": windows.increase_ms,
        "frequencyHz": windows.frequency,
        "padZeros": windows.pad_zeros,
    }
    if windows.labeling is not None:
        told["labelingMethodMultiLabel"] = {
            "type": windows.labeling,
            "labels": list(windows.labels),
        }
    return told


def _number(option: tuple[str, float]) -> Json:
    name, value = option
    return {
        "name": name.replace("_", " ").capitalize(),
        "param": name,
        "type": "float" if isinstance(value, float) else "int",
        "value": f"{value:g}",
        "defaultValue": f"{value:g}",
        "help": "",
        "readonly": False,
        "shouldShow": True,
        "required": True,
        "showClickToSet": False,
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
