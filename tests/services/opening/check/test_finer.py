import numpy as np
import pytest
from PIL import Image

from gradcam import InputSpec, Scaling
from gradcam.backends.keras.network import KerasNetwork
from services.media.picture import Pictures
from services.opening.check.check import Inquiry, check_preprocessing
from services.opening.check.telling import finer_fact
from services.sample import Sample
from services.tasks.classification.task import Classification
from services.work.progress import Progress
from tests.services.projects import pointwise

SIZE = 8
TASK = Classification(("dark", "bright"))


def by_corner():
    """`bright` where the pixel in the upper left is, as 0..1; no other one counts."""
    import keras

    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(1, SIZE, name="conv")(inputs)
    outputs = keras.layers.Activation("softmax")(
        keras.layers.Conv2D(2, 1)(keras.layers.UpSampling2D(2)(x))
    )
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(outputs))
    kernel = np.zeros((SIZE, SIZE, 3, 1), np.float32)
    kernel[0, 0] = 1 / 3
    weights = [kernel, np.zeros(1), np.array([[[[-9.0, 9.0]]]]), np.array([4.5, -4.5])]
    model.set_weights(weights)
    return KerasNetwork(model, "corner.h5")


def sideways(folder, count, *, noted=True):
    """Bright and dark corners of pictures that a camera turned upside down, with a note of it."""
    samples = []
    for i in range(count):
        pixels = np.full((SIZE, SIZE, 3), 20 if i % 2 else 230, np.uint8)
        pixels[0, 0] = 230 if i % 2 else 20
        exif = Image.Exif()
        exif[0x0112] = 3 if noted else 1
        Image.fromarray(pixels).save(folder / f"{i:02}.png", exif=exif)
        name = "bright" if i % 2 else "dark"
        samples.append(Sample(f"{i:02}", folder / f"{i:02}.png", name))
    return samples


def checked(samples, network, told=None, spec=None):
    medium = Pictures(spec or InputSpec(SIZE, SIZE, scaling=Scaling.UNIT))
    inquiry = Inquiry(network, medium, samples, TASK, told or {})
    return check_preprocessing(inquiry, Progress())


def test_notes_of_the_orientation_are_ignored_where_that_fits_better(tmp_path):
    check = checked(sideways(tmp_path, 16), by_corner())
    assert not check.medium.decoding.exif
    assert check.medium.spec.scaling is Scaling.UNIT
    (one,) = check.finer
    assert (one.option.name, one.value, one.is_taken) == ("exif", "ignored", True)
    assert (one.trial.grades.score, one.usual.grades.score) == (1.0, 0.0)
    assert check.doubt is None  # of the order of classes, which explains it as well
    fact = finer_fact(one, check)
    assert (fact.what, fact.value) == ("EXIF orientation", "ignored")
    assert "100.0\u00a0% instead of 0.0\u00a0% on 16 pictures" in fact.why


def test_few_pictures_only_tell_that_another_value_does_better(tmp_path):
    turned, plain = tmp_path / "turned", tmp_path / "plain"
    turned.mkdir()
    plain.mkdir()
    check = checked([*sideways(turned, 3), *renamed(sideways(plain, 20, noted=False))], by_corner())
    assert check.medium.decoding.exif
    (one,) = check.finer
    assert (one.value, one.is_taken) == ("ignored", False)
    assert finer_fact(one, check).value == "heeded"
    assert "too few to tell" in finer_fact(one, check).why


def renamed(samples):
    return [Sample(f"plain {each.id}", each.path, each.label) for each in samples]


@pytest.mark.parametrize("word", ["EXIF orientation"])
def test_what_the_source_or_a_person_told_is_not_tried(tmp_path, word):
    check = checked(sideways(tmp_path, 16), by_corner(), {word: "heeded"})
    assert check.medium.decoding.exif
    assert check.finer == ()


def test_another_filter_is_tried_on_wrong_answers_first(tmp_path, runs):
    """Only the nearest pixel keeps a corner that every mean of neighbours drowns."""
    samples = []
    for i in range(20):
        pixels = np.full((SIZE * 4, SIZE * 4, 3), 20 if i % 2 else 230, np.uint8)
        pixels[2, 2] = pixels[1, 1] = pixels[0, 0] = 230 if i % 2 else 20
        path = tmp_path / f"{i}.png"
        Image.fromarray(pixels).save(path)
        samples.append(Sample(f"{i}", path, "bright" if i % 2 else "dark"))
    check = checked(samples, by_corner(), {"scaling": "0..1"})
    assert check.medium.spec.resize_method in {"nearest", "corner-nearest"}
    assert check.finer[0].is_taken


def test_nothing_is_tried_where_nothing_is_wrong(tmp_path, runs):
    network = by_corner()
    check = checked(sideways(tmp_path, 16, noted=False), network)
    tried = sum(trial.count for trial in check.trials)
    assert (sum(runs), check.finer) == (tried, ())


def test_a_regression_is_tried_as_well(tmp_path):
    from services.tasks.regression.task import Regression

    model = pointwise([[1.0], [0], [0]], [0.0], [[1.0]], [0.0], activation=None, relu=False)
    samples = []
    for i in range(10):
        pixels = np.zeros((SIZE * 2, SIZE * 2, 3), np.uint8)
        pixels[::2, ::2, 0] = 25 * i  # of four pixels the upper left one
        path = tmp_path / f"{i}.png"
        Image.fromarray(pixels).save(path)
        samples.append(Sample(f"{i}", path, f"{25 * i / 255}"))
    medium = Pictures(InputSpec(SIZE, SIZE))
    inquiry = Inquiry(KerasNetwork(model, "red.h5"), medium, samples, Regression(), {})
    check = check_preprocessing(inquiry, Progress())
    assert check.medium.spec.resize_method == "corner-nearest"
    assert check.finer[0].trial.grades.score == pytest.approx(0.0, abs=1e-6)
