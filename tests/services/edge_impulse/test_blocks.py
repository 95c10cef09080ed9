import pytest

from services.edge_impulse.blocks import UnusableBlock, UsableBlock, blocks_of
from services.edge_impulse.feeds.pictures import PictureFeed
from services.edge_impulse.feeds.sounds import SoundFeed
from services.edge_impulse.model import DspBlock, Impulse, InputBlock, LearnBlock, Windowing

IMAGE = InputBlock(2, "image", 96, 96, "squash", "lanczos3", "")
SOUND = InputBlock(2, "time-series", None, None, "", "", "")
PIXELS = DspBlock(3, "image", "Image", 2)
CLUSTERS = "it finds anomalies in rows of features, which lie nowhere on a sample"


def impulse(*learn, number=1, inputs=(IMAGE,), dsp=(PIXELS,), name="Mine"):
    return Impulse(number, name, tuple(inputs), tuple(dsp), tuple(learn))


def block(kind="keras-transfer-image", number=7, dsp=(3,), name="Classifier"):
    return LearnBlock(number, kind, name, tuple(dsp))


def option(*learn, **rest):
    blocks = blocks_of([impulse(*learn, **rest)], None)
    (one,) = (*blocks.usable, *blocks.unusable)
    return one


@pytest.mark.parametrize(
    "kind",
    [
        "keras",
        "keras-transfer-image",
        "keras-regression",
        "keras-akida-transfer-image",
        "keras-of-2027",
        "keras-object-detection",
        "keras-akida-object-detection",
        "keras-visual-anomaly",
    ],
)
def test_a_keras_block_for_pictures_can_be_explained(kind):
    one = impulse(block(kind))
    blocks = blocks_of([one], None)
    assert blocks.usable == (UsableBlock(one, block(kind), PictureFeed(IMAGE, PIXELS)),)
    assert blocks.unusable == ()


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("keras-anomaly", CLUSTERS),
        ("anomaly", CLUSTERS),
        ("anomaly-gmm", CLUSTERS),
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


WINDOWING = Windowing(1000, 500, 16000, pads=True)
HEARD = InputBlock(2, "time-series", None, None, "", "", "", WINDOWING)


def processing(kind="mfe", number=3, axes=("audio",)):
    return DspBlock(number, kind, "", 2, axes, 4)


@pytest.mark.parametrize("kind", ["keras", "keras-transfer-kws", "keras-regression"])
@pytest.mark.parametrize("axes", [("audio",), ()])
def test_a_block_for_sounds_can(kind, axes):
    mfcc, mfe = processing("mfcc", 4, axes), processing("mfe", 3, axes)
    one = option(block(kind, dsp=(4, 3)), inputs=[HEARD], dsp=[mfe, mfcc])
    assert one.feed == SoundFeed(HEARD, WINDOWING, (mfcc, mfe))


@pytest.mark.parametrize(
    ("inputs", "dsp", "why"),
    [
        ([SOUND], [processing()], "its input block does not say how sounds are cut into windows"),
        (
            [HEARD],
            [processing("spectral-analysis", axes=("accX", "accY"))],
            "it takes sensor data over time; of what runs over time only sounds are explained",
        ),
        (
            [HEARD],
            [processing("syntiant")],
            (
                "its sounds go through the processing block “syntiant”; only those through "
                "Studio's MFE, MFCC and spectrogram blocks are explained"
            ),
        ),
        (
            [InputBlock(2, "features", None, None, "", "", "")],
            [processing("raw")],
            "it takes rows of features, which lie nowhere on a picture or in a sound",
        ),
    ],
)
def test_what_else_runs_over_time_cannot(inputs, dsp, why):
    assert option(block("keras"), inputs=inputs, dsp=dsp).obstacle == why


def test_a_block_of_two_inputs_cannot():
    both = [HEARD, InputBlock(5, "image", 96, 96, "squash", "", "")]
    dsp = [processing(), DspBlock(4, "image", "", 5)]
    found = option(block("keras", dsp=(3, 4)), inputs=both, dsp=dsp)
    assert found.obstacle == "its processing blocks take different inputs"


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
    ("entry", "expected"), [(None, 2), (2, 2), (5, 5)], ids=["first", "2", "5"]
)
def test_the_input_is_the_one_that_the_processing_names(entry, expected):
    other = InputBlock(5, "image", 48, 48, "crop", "", "")
    found = option(block(), inputs=[IMAGE, other], dsp=[DspBlock(3, "image", "", entry)])
    assert found.feed.input.id == expected


def test_a_block_whose_processing_names_no_input_cannot():
    missing = option(block(), dsp=[DspBlock(3, "image", "", 9)])
    assert isinstance(missing, UnusableBlock)


def test_a_block_takes_the_processing_that_it_names():
    gray = DspBlock(4, "image", "Gray", 2)
    assert option(block(dsp=[4]), dsp=[PIXELS, gray]).feed.dsp == gray


def test_what_can_be_explained_comes_first_then_the_default_impulse():
    first = impulse(block("anomaly", 10), block(number=11), number=1)
    second = impulse(block(number=20), block("vlm", 21), block("keras", 22), number=2)

    def order(default):
        blocks = blocks_of([first, second], default)
        return [each.learn.id for each in (*blocks.usable, *blocks.unusable)]

    assert order(None) == [11, 20, 22, 10, 21]
    assert order(1) == [11, 20, 22, 10, 21]
    assert order(2) == [20, 22, 11, 21, 10]
    assert order(99) == [11, 20, 22, 10, 21]


def test_nothing_is_found_where_nothing_is():
    assert not blocks_of([], 1)
    assert not blocks_of([impulse()], 1)


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


def test_a_link_s_block_comes_before_the_others():
    one = impulse(block(number=10), block("vlm", 11), block(number=12), block("vlm", 13))
    blocks = blocks_of([one], None).first(12)
    assert [each.learn.id for each in blocks.usable] == [12, 10]
    assert [each.learn.id for each in blocks_of([one], None).first(13).unusable] == [13, 11]


def test_blocks_of_some_numbers_only():
    one = impulse(block(number=10), block("vlm", 11), block(number=12), block("vlm", 13))
    some = blocks_of([one], None).only({11, 12})
    assert [each.learn.id for each in some.usable] == [12]
    assert [each.learn.id for each in some.unusable] == [11]
    assert len(some) == 2
    assert not blocks_of([one], None).only({99})
