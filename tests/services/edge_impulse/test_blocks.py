import pytest

from services.edge_impulse.blocks import BlockOption, options
from services.edge_impulse.model import DspBlock, Impulse, InputBlock, LearnBlock

IMAGE = InputBlock(2, "image", 96, 96, "squash", "lanczos3", "")
SOUND = InputBlock(2, "time-series", None, None, "", "", "")
PIXELS = DspBlock(3, "image", "Image", 2)
DETECTS = "it detects objects, which is not explained here yet"
ANOMALIES = "it finds anomalies, for which there is no class score to explain"


def impulse(*learn, number=1, inputs=(IMAGE,), dsp=(PIXELS,), name="Mine"):
    return Impulse(number, name, tuple(inputs), tuple(dsp), tuple(learn))


def block(kind="keras-transfer-image", number=7, dsp=(3,), name="Classifier"):
    return LearnBlock(number, kind, name, tuple(dsp))


def option(*learn, **rest):
    (found,) = options([impulse(*learn, **rest)], None)
    return found


@pytest.mark.parametrize(
    "kind",
    [
        "keras",
        "keras-transfer-image",
        "keras-regression",
        "keras-akida-transfer-image",
        "keras-of-2027",
    ],
)
def test_a_keras_block_for_pictures_can_be_explained(kind):
    one = impulse(block(kind))
    assert options([one], None) == (BlockOption(one, block(kind), IMAGE, PIXELS, ""),)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("keras-object-detection", DETECTS),
        ("keras-akida-object-detection", DETECTS),
        ("keras-visual-anomaly", ANOMALIES),
        ("keras-anomaly", ANOMALIES),
        ("anomaly", ANOMALIES),
        ("anomaly-gmm", ANOMALIES),
        (
            "keras-freeform",
            "it is a custom block of free form, whose outputs have no known meaning",
        ),
        ("vlm", "it is a vision language model, not a Keras network"),
        ("sklearn", "it is no Keras block (sklearn)"),
        ("", "it is no Keras block ()"),
    ],
)
def test_other_blocks_are_listed_with_why_they_cannot(kind, why):
    assert option(block(kind)).obstacle == why
    assert option(block(kind), inputs=[SOUND]).obstacle == why  # the kind is the first reason


@pytest.mark.parametrize("dsp", [(3, 4), (4, 3)])
def test_a_block_of_several_features_cannot(dsp):
    found = option(block(dsp=dsp), dsp=[PIXELS, DspBlock(4, "image", "", 2)])
    assert found.obstacle == "it takes the features of several processing blocks"
    assert found.dsp is None


@pytest.mark.parametrize("inputs", [[SOUND], [InputBlock(2, "features", None, None, "", "", "")]])
def test_a_block_for_sounds_cannot(inputs):
    found = option(block("keras"), inputs=inputs)
    assert found.obstacle == "it takes sounds or sensor data; only pictures are explained so far"


def test_a_block_behind_other_processing_cannot():
    found = option(block("keras"), dsp=[DspBlock(3, "custom", "Edges", 2)])
    assert found.obstacle == (
        "its pictures go through a processing block other than Studio's image block"
    )


@pytest.mark.parametrize(
    "rest", [{"inputs": []}, {"dsp": []}, {"dsp": [DspBlock(4, "image", "", 2)]}]
)
def test_a_block_that_hangs_in_the_air_cannot(rest):
    assert option(block(), **rest).obstacle


@pytest.mark.parametrize(
    ("entry", "expected"), [(None, 2), (2, 2), (5, 5), (9, None)], ids=["first", "2", "5", "none"]
)
def test_the_input_is_the_one_that_the_processing_names(entry, expected):
    other = InputBlock(5, "image", 48, 48, "crop", "", "")
    found = option(block(), inputs=[IMAGE, other], dsp=[DspBlock(3, "image", "", entry)])
    assert (found.input.id if found.input else None) == expected


def test_a_block_takes_the_processing_that_it_names():
    gray = DspBlock(4, "image", "Gray", 2)
    assert option(block(dsp=[4]), dsp=[PIXELS, gray]).dsp == gray


def test_what_can_be_explained_comes_first_then_the_default_impulse():
    first = impulse(block("anomaly", 10), block(number=11), number=1)
    second = impulse(block(number=20), block("vlm", 21), block("keras", 22), number=2)

    def order(default):
        return [found.learn.id for found in options([first, second], default)]

    assert order(None) == [11, 20, 22, 10, 21]
    assert order(1) == [11, 20, 22, 10, 21]
    assert order(2) == [20, 22, 11, 21, 10]
    assert order(99) == [11, 20, 22, 10, 21]


def test_nothing_is_found_where_nothing_is():
    assert options([], 1) == ()
    assert options([impulse()], 1) == ()


@pytest.mark.parametrize(
    ("name", "learn", "title"),
    [
        ("Mine", "Classifier", "Mine: Classifier"),
        ("", "Classifier", "impulse 1: Classifier"),
        ("Mine", "", "Mine: block 7"),
    ],
)
def test_a_block_is_told_from_others_by_its_title(name, learn, title):
    assert option(block(name=learn), name=name).title == title
