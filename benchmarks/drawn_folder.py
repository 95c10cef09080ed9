"""A folder with many small drawn pictures and a network of as many outputs as there are classes."""

from __future__ import annotations

from pathlib import Path

from tests.studio.drawn import drawn_jpeg

SIDE = 32


def drawn_folder(folder: Path, samples: int, classes: int) -> str:
    """Pictures in a folder for each class, no two alike, with an untrained network.

    Args:
        folder: where; made here.
        samples: how many pictures.
        classes: how many outputs the network has.

    Returns:
        The source that it is.
    """
    import keras

    folder.mkdir()
    keras.utils.set_random_seed(0)
    keras.Sequential([
        keras.layers.Input((SIDE, SIDE, 3)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(32, 5, strides=4, padding="same", activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(classes, activation="softmax"),
    ]).save(folder / "model.keras")  # fmt: skip
    names = [f"class {number:03d}" for number in range(classes)]
    (folder / "labels.txt").write_text("\n".join(names))
    for name in names:
        (folder / "test" / name).mkdir(parents=True)
    for number in range(samples):
        path = folder / "test" / names[number % classes] / f"{number:05d}.jpg"
        path.write_bytes(drawn_jpeg(number))
    return f"folder:{folder}"
