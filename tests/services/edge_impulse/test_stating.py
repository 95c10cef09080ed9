import pytest

from gradcam import Color, Resize, ResizeMethod, Scaling
from services.edge_impulse.blocks import blocks_of
from services.edge_impulse.errors import StudioError
from services.edge_impulse.feeds.pictures import picture_manifest
from services.edge_impulse.model import DspBlock, Impulse, InputBlock, LearnBlock, LearnMetadata
from services.edge_impulse.place import Way
from services.edge_impulse.stating import prepared_said, stated, without_confidence
from services.fact import Fact
from services.sources.manifest import Manifest
from services.tasks.registry import TASKS
from tests.services.edge_impulse.visits import refused


def entry(mode="squash", method="lanczos3", anchor="middle-center", width=96, height=64):
    return InputBlock(2, "image", width, height, mode, method, anchor)


def trained(scaling="0..1", names=("no car", "car"), **thresholds):
    return LearnMetadata("2026-01-01", tuple(names), "", scaling, True, thresholds)


def manifest(block=None, metadata=None, channels="RGB", task="classification"):
    metadata = metadata or trained()
    words = TASKS[task].from_studio(metadata.class_names, metadata.thresholds)
    return picture_manifest("Cars", task, words, block or entry(), metadata, channels)


def test_what_studio_says_is_what_a_folder_would_say():
    assert manifest() == Manifest(
        name="Cars",
        task="classification",
        classes=("no car", "car"),
        width=96,
        height=64,
        resize=Resize.SQUASH,
        resize_method=ResizeMethod.LANCZOS3,
        crop_anchor="middle-center",
        color=Color.RGB,
        scaling=Scaling.UNIT,
    )


def test_classes_are_in_the_order_of_the_outputs():
    assert manifest(metadata=trained(names=("b", "a", "c"))).classes == ("b", "a", "c")
    assert manifest(metadata=trained(names=())).classes is None
    assert manifest(metadata=trained(names=("v",)), task="regression").classes is None


@pytest.mark.parametrize(
    ("word", "scaling"),
    [
        ("0..1", Scaling.UNIT),
        ("-1..1", Scaling.SYMMETRIC),
        ("0..255", Scaling.RAW),
        ("-128..127", Scaling.SIGNED),
        ("torch", Scaling.TORCH),
        ("bgr-subtract-imagenet-mean", Scaling.CAFFE),
        ("", Scaling.UNIT),
    ],
)
def test_the_scaling_is_the_learning_blocks(word, scaling):
    assert manifest(metadata=trained(word)).scaling is scaling


@pytest.mark.parametrize(
    ("mode", "resize"),
    [
        ("squash", Resize.SQUASH),
        ("fit-short", Resize.FIT_SHORT),
        ("fit-long", Resize.FIT_LONG),
        ("crop", Resize.CROP),
        ("", Resize.SQUASH),
    ],
)
def test_the_resize_mode_is_the_input_blocks(mode, resize):
    assert manifest(entry(mode)).resize is resize


@pytest.mark.parametrize(
    ("method", "found"),
    [
        ("lanczos3", ResizeMethod.LANCZOS3),
        ("nearest", ResizeMethod.NEAREST),
        ("", ResizeMethod.LANCZOS3),
    ],
)
def test_the_resize_method_is_the_input_blocks(method, found):
    assert manifest(entry(method=method)).resize_method is found


@pytest.mark.parametrize(("anchor", "found"), [("top-left", "top-left"), ("", "middle-center")])
def test_the_anchor_is_the_input_blocks(anchor, found):
    assert manifest(entry("crop", anchor=anchor)).crop_anchor == found


@pytest.mark.parametrize(
    ("channels", "color"), [("RGB", Color.RGB), ("Grayscale", Color.GRAYSCALE), ("", None)]
)
def test_the_colour_is_the_image_blocks(channels, color):
    assert manifest(channels=channels).color is color


@pytest.mark.parametrize(("width", "height"), [(48, 32), (None, None)])
def test_the_size_is_the_input_blocks(width, height):
    found = manifest(entry(width=width, height=height))
    assert (found.width, found.height) == (width, height)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((entry("zoom"),), "resize mode “zoom”"),
        ((entry(method="bicubic9"),), "resize method “bicubic9”"),
        ((None, trained("0..2")), "scaling “0..2”"),
        ((None, None, "CMYK"), "colour “cmyk”"),
    ],
)
def test_a_word_without_a_known_meaning_is_told_not_guessed(arguments, words):
    assert refused(lambda: manifest(*arguments), StudioError) == (
        f"Studio's {words} is not known here, so the network's input cannot be made as Studio "
        "makes it; please report it."
    )


@pytest.mark.parametrize(
    ("thresholds", "threshold"),
    [
        ({}, None),
        ({"max_error": 0.25}, 0.25),
        ({"maximum-error": 0.25, "min_score": 0.6}, 0.25),
        ({"limit": 0.5}, 0.5),
        ({"limit": 0.5, "other": 1.0}, None),
        ({"max_error": 0.1, "other_error": 0.2}, None),
        ({"max_error": -1.0}, None),
        ({"max_error": 0.0}, 0.0),
        ({"max_error": float("inf")}, None),
    ],
)
def test_the_largest_error_of_a_regression_is_the_learning_blocks(thresholds, threshold):
    metadata = trained(**thresholds)
    settings = {} if threshold is None else {"regression": {"threshold": threshold}}
    assert manifest(metadata=metadata, task="regression").settings == settings
    least = {name: value for name, value in thresholds.items() if name == "min_score"}
    assert manifest(metadata=metadata).settings == ({"classification": least} if least else {})


def test_a_confidence_threshold_does_not_change_how_pictures_are_prepared():
    own, with_one = trained(), trained(min_score=0.6)
    assert without_confidence(manifest(metadata=with_one)) == manifest(metadata=own)
    regression = manifest(metadata=trained(max_error=0.5), task="regression")
    assert without_confidence(regression) == regression


def test_how_samples_are_prepared_is_said_by_what_is_told_alone():
    assert prepared_said(Manifest(name="Cars", width=96)) == "name=Cars, width=96"
    with_one = manifest(metadata=trained(min_score=0.6))
    assert prepared_said(with_one) == prepared_said(manifest(metadata=trained()))
    assert prepared_said(with_one) != prepared_said(manifest(entry("crop")))


# ------------------------------------------------------------------------------ what is shown


def facts(metadata=None, block=None, channels="RGB", task="classification", **rest):
    block, metadata = block or entry(), metadata or trained()
    impulse = Impulse(
        1,
        "Mine",
        (block,),
        (DspBlock(3, "image", "", 2),),
        (LearnBlock(7, "keras", "Classifier", (3,)),),
    )
    (usable,) = blocks_of([impulse], None).usable
    words = TASKS[task].from_studio(metadata.class_names, metadata.thresholds)
    given = {"way": Way.SAMPLES, "samples": 1234, "of_task": words.facts, **rest}
    said = picture_manifest("Cars", task, words, block, metadata, channels)
    return {fact.what: fact for fact in stated(said, usable, metadata, **given)}


def test_what_studio_says_is_shown_with_where_it_stands():
    assert list(facts().values()) == [
        Fact(
            "learning block",
            "Mine: Classifier",
            "the first one that can be explained, unless chosen",
        ),
        Fact(
            "classes",
            "no car, car",
            "from the learning block, in the order of the network's outputs",
        ),
        Fact("input", "96 × 64, resize squash (Lanczos)", "from the impulse's input block"),
        Fact("colour", "rgb", "from the image block"),
        Fact("scaling", "0..1", "from the learning block"),
        Fact(
            "test set",
            "1,234 samples picture by picture",
            "it needs no right to start jobs, and only what is new is fetched",
        ),
    ]


def test_the_way_is_shown_with_its_reason():
    fact = facts(way=Way.EXPORT, samples=5)["test set"]
    assert fact == Fact(
        "test set", "5 samples by export", "one zip of all that the project holds, as you chose"
    )


@pytest.mark.parametrize(
    ("block", "value"),
    [
        (entry("crop", "nearest", "top-left"), "96 × 64, resize crop (nearest), top-left"),
        (entry("fit-short", anchor="top-left"), "96 × 64, resize fit-short (Lanczos)"),
        (entry(width=None, height=None), "any size, resize squash (Lanczos)"),
    ],
)
def test_the_input_is_shown(block, value):
    assert facts(block=block)["input"].value == value


def test_what_studio_does_not_say_is_shown_as_such():
    found = facts(trained(""), channels="")
    assert found["scaling"].value == "0..1"
    assert found["scaling"].why == ("the learning block does not say, which in Studio means this")
    assert found["colour"].value == "as the network takes"


def test_many_classes_are_shown_in_short():
    names = [f"c{n}" for n in range(10)]
    assert facts(trained(names=names))["classes"].value == (
        "c0, c1, c2, c3, c4, c5, c6, c7 and 2 more"
    )
    assert facts(trained(names=names[:8]))["classes"].value == ", ".join(names[:8])
    assert facts(trained(names=names[:9]))["classes"].value.endswith("c6, c7 and 1 more")


def test_thresholds_are_shown():
    fact = facts(trained(min_score=0.6))["Studio's confidence threshold"]
    assert (fact.value, fact.why) == (
        "0.6",
        "from the learning block; here the highest score counts, however low",
    )
    assert "Studio's confidence threshold" not in facts(trained(other=0.6))
    regression = facts(trained(max_error=0.25), task="regression")
    assert regression["threshold"] == Fact("threshold", "0.25", "from the learning block")
    assert "classes" not in regression
    assert "threshold" not in facts(trained(), task="regression")
