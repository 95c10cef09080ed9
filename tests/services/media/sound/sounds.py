"""Sounds written by tests, and a small network of Edge Impulse's shape for them."""

import numpy as np
import soundfile

RATE = 8000


def tone(hertz, seconds=1.0, rate=RATE, amplitude=8000.0, seed=0):
    """A tone with a little noise, in the range of 16 bits."""
    at = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(seed).normal(0, 40, len(at))
    return amplitude * np.sin(2 * np.pi * hertz * at) + noise


def written(path, wave, rate=RATE, **options):
    """A file with a sound in it; by default of 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # its name may end in anything
        kind = options.pop("format", "WAV")
        values = np.rint(wave).astype(np.int16)
        soundfile.write(file, values, rate, format=kind, **options)
    return path


def low_or_high(frames, bands):
    """A network worked out by hand: class 0 where low bands are loud, class 1 where high ones are.

    Its input is one long row, as Studio's networks take it.
    """
    import keras

    inputs = keras.Input((frames * bands,))
    x = keras.layers.Reshape((frames, bands, 1))(inputs)
    x = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name="conv")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(2, activation="softmax", name="y_pred")(x)
    model = keras.Model(inputs, x)
    kernel = np.zeros((3, 3, 1, 2), np.float32)
    kernel[1, 1, 0] = 1.0
    dense = np.zeros((frames, bands, 2, 2), np.float32)
    dense[:, : bands // 2, :, 0] = dense[:, bands // 2 :, :, 1] = 0.05
    zeros = np.zeros(2, np.float32)
    model.set_weights([kernel, zeros, dense.reshape(-1, 2), zeros])
    return model


def beeps_project(folder, seconds=1.0):
    """A low beep and a high one in each sound; the louder one is what it is called.

    Networks hear one second; of longer sounds a window begins every half of one.
    """
    at = np.arange(round(seconds * RATE)) / RATE
    first, second = (at > 0.1) & (at < 0.3), (at > 0.6) & (at < 0.8)
    for number, (low, high) in enumerate([(1.0, 0.5), (0.5, 1.0)] * 2):
        wave = tone(500, seconds, amplitude=8000 * low) * first
        wave += tone(3000, seconds, amplitude=8000 * high, seed=1) * second
        wave += tone(500, seconds, amplitude=0, seed=number)  # the room
        written(folder / "data" / ("low", "high")[number % 2] / f"{number}.wav", wave)
    low_or_high(99, 20).save(folder / "model.keras")
    (folder / "project.toml").write_text(
        'data = "data"\nclasses = ["low", "high"]\n[features]\nname = "ei-mfe"\nversion = 4\n'
        "num_filters = 20\nfft_length = 256\nfrequency = 8000\nwindow = 1\nstep = 0.5\n"
        'low_frequency = 0\nscale = "-32768..32767"\n'
    )
    return folder
