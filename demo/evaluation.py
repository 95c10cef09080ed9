"""The figures of the two demo projects: right and wrong by group, and where the stamp shows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import keras
import numpy as np
from draw_cars import CLASSES
from drawn import Drawn
from numpy.typing import NDArray
from training import LAST_MAP, tensors

CAR = CLASSES.index("car")


def describe_cars(network: keras.Model, samples: Sequence[Drawn]) -> list[str]:
    """Accuracy by group, over all, and the stamp energy ratio, a line each."""
    images = tensors(samples)
    predicted = outputs(network, images).argmax(axis=1)
    truth = np.array([CLASSES.index(sample.label) for sample in samples])
    stamped = np.array([sample.facts["stamp"] == "yes" for sample in samples])
    correct = predicted == truth
    lines = [
        counted_right(
            f"{name}, {'stamp' if stamp else 'no stamp'}",
            correct[(truth == index) & (stamped == stamp)],
        )
        for index, name in enumerate(CLASSES)
        for stamp in (True, False)
    ]
    lines.append(counted_right("as in training", correct[(truth == CAR) == stamped]))
    lines.append(counted_right("all", correct))
    for title, group in (
        ("no car with stamp, called car", (truth != CAR) & stamped & ~correct),
        ("car with stamp, called car", (truth == CAR) & stamped & correct),
    ):
        if not group.any():
            continue
        maps = car_maps(network, images[group])
        ratios, energies = zip(
            *(
                stamp_energy(single, sample)
                for single, sample in zip(maps, np.array(samples, object)[group], strict=True)
            ),
            strict=True,
        )
        lines.append(
            f"{title}: {np.mean(energies):.0%} of the Grad-CAM energy in the stamp's box, "
            f"{np.mean(ratios):.1f} times its share of the area"
        )
    return lines


def car_maps(network: keras.Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grad-CAM maps for the logit of "car" at the last map, after ReLU: (n, 12, 12) float32.

    Behind that map stand only an average and a dense layer, so the mean gradients that Grad-CAM
    weighs channels with are the dense weights themselves, up to a factor that all cells share.
    """
    activations = keras.Model(network.inputs, network.get_layer(LAST_MAP).output)
    weights = network.get_layer("scores").kernel.numpy()[:, CAR]
    return np.maximum(outputs(activations, images) @ weights, 0.0)


def stamp_energy(single: NDArray[np.float32], sample: Drawn) -> tuple[float, float]:
    """How much of a map lies in the stamp's box: as multiple of its area, and as share."""
    box = next(box for box in sample.boxes if box.label == "stamp")
    width, height = sample.size
    heat = cv2.resize(single, (width, height), interpolation=cv2.INTER_LINEAR)
    inside = heat[box.y : box.y + box.height, box.x : box.x + box.width].sum()
    energy = float(inside / heat.sum())
    return energy / (box.width * box.height / (width * height)), energy


def describe_gauge(network: keras.Model, samples: Sequence[Drawn], threshold: float) -> list[str]:
    """Mean error and share within the threshold, by disturbance and over all, a line each."""
    predicted = outputs(network, tensors(samples))[:, 0]
    errors = np.abs(predicted - np.array([float(sample.label) for sample in samples]))
    sorts = np.array([sample.facts["disturbance"] for sample in samples])
    groups = [(str(sort), sorts == sort) for sort in ("none", "glare", "second hand")]
    return [
        f"mean error {errors[group].mean():.3f}, " + counted_right(name, errors[group] <= threshold)
        for name, group in [*groups, ("all", np.ones(len(samples), bool))]
    ]


def counted_right(name: str, correct: NDArray[np.bool_]) -> str:
    """How many of a group are right, as a line."""
    return f"{name}: {correct.sum()} of {len(correct)} correct ({correct.mean():.1%})"


def outputs(network: keras.Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a network returns for all images at once."""
    return keras.ops.convert_to_numpy(network(images, training=False))
