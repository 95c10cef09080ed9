"""Opening a project with the preprocessing looked for, against every way on every picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

import gradcam
from benchmarks.table import Row
from benchmarks.timing import Effort, in_turns
from gradcam import Network, Scaling
from services.media.picture import Pictures
from services.media.reading import BATCH_SIZE, in_parts
from services.opening.check.check import Inquiry, check_preprocessing
from services.opening.check.pictures import read_handful
from services.sample import Sample
from services.tasks.classification.task import Classification
from services.work.progress import Progress

SIDE, COUNT, CLASSES = 256, 48, ("dark", "even", "bright")
TRIED = 12  # ways that were tried before: six scalings in both orders of colours
AT_MOST = 0.4


def rows(effort: Effort) -> Iterator[Row]:
    """One row for each kind of evidence; both sides end with a prediction of all pictures."""
    with TemporaryDirectory() as place:
        samples = _samples(Path(place))
        for what, network in _networks().items():
            pairs = in_turns(
                _looking(network, samples), _trying(network, samples), effort.longer(2.0)
            )
            said = f"{COUNT} pictures of {SIDE} px, {what}: check and predictions : every way tried"
            yield Row.of(f"{said}, {pairs.said()}", pairs.ratios, at_most=AT_MOST)


def _looking(network: Network, samples: list[Sample]) -> Callable[[], object]:
    medium, task = Pictures(gradcam.InputSpec(SIDE, SIDE)), Classification(CLASSES)
    inquiry = Inquiry(network, medium, samples, task, {})

    def look() -> None:
        check = check_preprocessing(inquiry, Progress())
        _predict(network, check.medium, samples)

    return look


def _trying(network: Network, samples: list[Sample]) -> Callable[[], object]:
    medium = Pictures(gradcam.InputSpec(SIDE, SIDE))
    ways = [way for way in medium.variants() if way.spec.scaling in list(Scaling)[: TRIED // 2]]

    def every() -> None:
        handful = read_handful(samples, medium)
        for way in ways:
            network.predict(way.tensors(handful.cuts))
        _predict(network, medium, samples)

    return every


def _predict(network: Network, medium: Pictures, samples: list[Sample]) -> None:
    for part in in_parts(samples, BATCH_SIZE):
        network.run(np.stack([medium.read(sample.path, sample.window).tensor for sample in part]))


def _samples(folder: Path) -> list[Sample]:
    """Pictures of three levels of brightness, by which the networks tell them apart."""
    rng, samples = np.random.default_rng(0), []
    for number in range(COUNT):
        level = (51, 128, 204)[number % 3]
        pixels = np.clip(rng.normal(level, 20, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
        path = folder / f"{number:02}.jpg"
        Image.fromarray(pixels).save(path)
        samples.append(Sample(path.name, path, CLASSES[number % 3]))
    return samples


def _networks() -> dict[str, Network]:
    import keras

    rescaled = keras.layers.Rescaling(1 / 255)
    return {
        "its first layer tells": _by_brightness(rescaled),
        "labels alone tell": _by_brightness(keras.layers.Identity()),
        "untrained": _untrained(),
    }


def _by_brightness(first: Any) -> Network:
    """Right where pictures reach it as 0..1; its convolutions are work without a say."""
    import keras

    inputs = keras.Input((SIDE, SIDE, 3))
    x = seen = first(inputs)
    for filters in (16, 32, 64):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
    both = [keras.layers.GlobalAveragePooling2D()(each) for each in (seen, x)]
    joined = keras.layers.Concatenate()(both)
    model = keras.Model(inputs, keras.layers.Dense(len(CLASSES), activation="softmax")(joined))
    centres = np.array([0.2, 0.5, 0.8])
    weights = np.zeros((3 + 64, len(CLASSES)))
    weights[:3] = 200.0 * centres / 3  # the logit of a class is highest at its brightness
    model.layers[-1].set_weights([weights, -100.0 * centres**2])
    return _opened(model)


def _untrained() -> Network:
    import keras

    keras.utils.set_random_seed(0)
    shape, classes = (SIDE, SIDE, 3), len(CLASSES)
    return _opened(keras.applications.MobileNetV2(shape, 0.35, weights=None, classes=classes))


def _opened(model: Any) -> Network:
    with TemporaryDirectory() as place:
        path = Path(place) / "model.keras"
        model.save(path)
        network = gradcam.load_network(path)
    network.digest = ""  # else it would be known from one time to the next
    return network
