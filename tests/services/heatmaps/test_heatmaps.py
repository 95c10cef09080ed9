from dataclasses import replace

import keras
import numpy as np
import pytest

import gradcam
from gradcam import (
    Capture,
    Degenerate,
    GradcamError,
    InputSpec,
    Normalization,
    Pooling,
    Resize,
    Target,
)
from gradcam.backends.keras.network import KerasNetwork
from services.choices.recipe import Recipe
from services.errors import Cancelled
from services.heatmaps import heatmaps as module
from services.heatmaps.heatmaps import (
    heatmaps,
    heatmaps_of,
    layer_name,
    missing,
    on_one_scale,
    placed,
    targets_of,
)
from services.keeping.store import BoundedStore
from services.media.decoding import read_picture
from services.media.picture import Pictures
from services.predictions.predictions import predict
from services.sample import Sample
from services.tasks.regression.task import Regression
from services.tasks.targets import TRUE
from services.work.progress import Progress
from tests.gradcam import networks
from tests.gradcam.methods.quick import METHODS
from tests.services.projects import noise, project_of, said

SIDE = networks.SIZE
CLASSES = ("a", "b", "c")


@pytest.fixture(scope="session")
def flat():
    return KerasNetwork(networks.flat(keras), "flat.h5", digest="flat")


@pytest.fixture(scope="session")
def values():
    """Two numbers for a picture."""
    return KerasNetwork(networks.headed(networks.TWO_VALUES), "values.h5", digest="values")


def noisy(folder, count=4):
    return [
        Sample(f"{i}.png", noise(folder / f"{i}.png", i, SIDE), CLASSES[i % 3])
        for i in range(count)
    ]


@pytest.fixture
def predictions(flat, tmp_path):
    project = project_of(flat, noisy(tmp_path), classes=CLASSES, input_spec=InputSpec(SIDE, SIDE))
    return predict(project, Progress())


@pytest.fixture
def numbers(values, tmp_path):
    project = project_of(
        values,
        noisy(tmp_path),
        task=Regression(1),
        input_spec=InputSpec(SIDE, SIDE),
    )
    return predict(project, Progress())


@pytest.fixture
def captured(monkeypatch):
    """What was captured: for each run the layer and the targets."""
    calls = []
    original = module.capture

    def counted(network, batch, layer, targets):
        calls.append((layer, [target.index for target in targets]))
        return original(network, batch, layer, targets)

    monkeypatch.setattr(module, "capture", counted)
    return calls


def tensor(predictions, position):
    spec = predictions.project.medium.spec
    return gradcam.to_tensor(read_picture(predictions.samples[position].path), spec)[None]


# ------------------------------------------------------------------------------ what is explained


@pytest.mark.parametrize("layer", ["first", "last"])
@pytest.mark.parametrize("target", range(3))
def test_a_map_is_the_one_that_the_core_gives_for_the_same_sample(predictions, layer, target):
    recipe = Recipe(layer=layer, target=f"={CLASSES[target]}", normalization="simple")
    for position, found in enumerate(heatmaps(predictions, range(4), recipe)):
        alone = gradcam.explain(
            predictions.project.network, tensor(predictions, position), layer, target
        )
        scale = np.abs(alone.maps).max()
        np.testing.assert_allclose(found.raw, alone.maps[0], atol=1e-5 * scale)
        heat = gradcam.normalize(alone.maps[0], Normalization.SIMPLE)
        np.testing.assert_allclose(found.heat, heat, atol=1e-4)
        assert found.target == Target.for_class(target)


def test_each_sample_of_a_batch_has_its_own_target(predictions, captured):
    found = heatmaps(predictions, range(4), Recipe(target=TRUE))
    assert captured == [("last", [0, 1, 2, 0])]
    for position, target in enumerate([0, 1, 2, 0]):
        network = predictions.project.network
        alone = gradcam.explain(network, tensor(predictions, position), "last", target).maps[0]
        np.testing.assert_allclose(found[position].raw, alone, atol=1e-5 * np.abs(alone).max())
        assert found[position].target == Target.for_class(target)


def test_heatmaps_come_in_the_order_asked_for(predictions):
    forth = heatmaps(predictions, [0, 1, 2], Recipe())
    back = heatmaps(predictions, [2, 0, 1, 2], Recipe())
    for one, other in zip(back, [forth[2], forth[0], forth[1], forth[2]], strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)


def test_the_predicted_class_is_explained_unless_told_otherwise(predictions):
    for position, predicted in enumerate(predictions.answers.predicted):
        assert targets_of(predictions, [position], Recipe())[0] == Target.for_class(predicted)


@pytest.fixture
def three_answers(flat):
    """Said are b, c and c; true are a, nobody knows, c."""
    return said(
        flat,
        [("x", "a"), ("y", None), ("z", "c")],
        classes=CLASSES,
        outputs=[[0.1, 0.8, 0.1], [0, 0, 1], [0.2, 0.2, 0.6]],
    )


@pytest.mark.parametrize(
    ("target", "explained"),
    [
        ("predicted", [1, 2, 2]),
        (TRUE, [0, 2, 2]),  # the predicted one where nobody said
        ("=a", [0, 0, 0]),
        ("=c", [2, 2, 2]),
        ("=of another network", [1, 2, 2]),
        ("=", [1, 2, 2]),
        ("a", [1, 2, 2]),
        ("", [1, 2, 2]),
    ],
)
def test_a_target_is_read(three_answers, target, explained):
    found = targets_of(three_answers, range(3), Recipe(target=target))
    assert found == [Target.for_class(index) for index in explained]


def test_a_class_with_a_telling_name_can_be_the_target(flat):
    named = said(flat, [("x", "true")], classes=("true", "=", "b"), outputs=[[0, 0, 1]])
    assert targets_of(named, [0], Recipe(target="=true"))[0] == Target.for_class(0)
    assert targets_of(named, [0], Recipe(target="=="))[0] == Target.for_class(1)
    assert targets_of(named, [0], Recipe(target="true"))[0] == Target.for_class(0)


@pytest.mark.parametrize(
    ("target", "output"),
    [("predicted", 1), ("true", 1), ("=0", 0), ("=1", 1), ("=2", 1), ("=-1", 1), ("=x", 1)],
)
def test_of_a_regression_an_output_is_explained(numbers, target, output):
    assert targets_of(numbers, [0], Recipe(target=target))[0] == Target.for_output(output)


def test_outputs_of_a_regression_have_different_maps(numbers):
    zero, one = (heatmaps(numbers, [0], Recipe(target=t))[0].raw for t in ("=0", "=1"))
    alone = gradcam.explain(
        numbers.project.network, tensor(numbers, 0), None, Target.for_output(0)
    ).maps[0]
    np.testing.assert_allclose(zero, alone, atol=1e-5 * np.abs(alone).max())
    assert np.abs(zero - one).max() > 0.01 * np.abs(zero).max()


@pytest.mark.parametrize(
    ("layer", "name"), [("first", "first"), ("", "last"), ("of another network", "last")]
)
def test_a_layer_of_another_network_gives_way_to_the_default(predictions, layer, name, captured):
    assert layer_name(predictions, Recipe(layer=layer)) == name
    heatmaps(predictions, [0], Recipe(layer=layer))
    assert captured[0][0] == name


# ----------------------------------------------------------------------- what is computed again

RIGHT_OF_CAPTURE = [
    {"pooling": Pooling.SUM_ABS},
    {"normalization": Normalization.PERCENTILE, "percentile": 90.0},
    {"percentile": 70.0},
    {"shared_scale": True},
]


@pytest.mark.parametrize("changes", RIGHT_OF_CAPTURE)
def test_what_comes_after_a_capture_changes_the_heatmap_and_not_the_capture(
    predictions, captured, changes, runs
):
    before = heatmaps(predictions, range(4), Recipe(normalization=Normalization.SIMPLE))
    changes = {"normalization": Normalization.PERCENTILE, **changes}
    after = heatmaps(predictions, range(4), Recipe(**changes))
    assert (len(captured), runs) == (1, [])
    assert max(np.abs(a.heat - b.heat).max() for a, b in zip(before, after, strict=True)) > 0.02


@pytest.mark.parametrize("changes", [{"layer": "first"}, {"target": "=a"}, {"target": "=b"}])
def test_another_layer_or_target_is_captured_and_both_stay(predictions, captured, changes):
    called = enumerate(predictions.answers.predicted)
    position = next(i for i, p in called if f"={CLASSES[p]}" not in changes.values())
    first = heatmaps(predictions, [position], Recipe())[0]
    other = heatmaps(predictions, [position], Recipe(**changes))[0]
    assert len(captured) == 2
    assert first.raw.shape != other.raw.shape or np.abs(first.raw - other.raw).max() > 1e-4
    again = heatmaps(predictions, [position], Recipe())[0]
    heatmaps(predictions, [position], Recipe(**changes))
    assert len(captured) == 2
    np.testing.assert_array_equal(again.raw, first.raw)


def test_only_samples_that_were_not_seen_are_captured(predictions, captured):
    heatmaps(predictions, [0, 1], Recipe(target="=a"))
    heatmaps(predictions, [1, 2, 0, 3], Recipe(target="=a"))
    assert [len(targets) for _, targets in captured] == [2, 2]


def test_a_sample_asked_for_twice_is_captured_once(predictions, captured):
    heatmaps(predictions, [0, 0, 1, 0], Recipe(target="=a"))
    assert captured == [("last", [0, 0])]


def test_naming_the_predicted_class_needs_no_new_capture(predictions, captured):
    heatmaps(predictions, [0], Recipe())
    heatmaps(predictions, [0], Recipe(target=f"={CLASSES[predictions.answers.predicted[0]]}"))
    assert len(captured) == 1


def test_another_input_spec_is_captured_anew(predictions, captured, flat):
    heatmaps(predictions, [0], Recipe())
    project = project_of(
        flat,
        predictions.samples,
        classes=CLASSES,
        input_spec=InputSpec(SIDE, SIDE, scaling=gradcam.Scaling.SYMMETRIC),
    )
    heatmaps(predict(project, Progress()), [0], Recipe())
    assert len(captured) == 2


def test_captures_are_made_in_batches(predictions, captured, monkeypatch):
    whole = heatmaps(predictions, range(4), Recipe(target="=a"))
    monkeypatch.setattr(module, "BATCH_SIZE", 3)
    monkeypatch.setattr(module, "_captures", BoundedStore(10**8))
    parts = heatmaps(predictions, range(4), Recipe(target="=a"))
    assert [len(targets) for _, targets in captured] == [4, 3, 1]
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one.raw, other.raw, atol=1e-5 * np.abs(one.raw).max())


def test_the_store_is_bounded_and_the_answer_is_whole_all_the_same(
    predictions, captured, monkeypatch
):
    whole = heatmaps(predictions, range(4), Recipe(target="=a"))
    size = 2 * 4 * 5 * whole[0].raw.size  # activations and gradients of five channels
    store = BoundedStore(2 * size, lambda c: c.activations.nbytes + c.gradients.nbytes)
    monkeypatch.setattr(module, "_captures", store)
    small = heatmaps(predictions, range(4), Recipe(target="=a"))
    assert store.total == 2 * size
    heatmaps(predictions, [2, 3], Recipe(target="=a"))
    heatmaps(predictions, [0], Recipe(target="=a"))
    assert [len(targets) for _, targets in captured] == [4, 4, 1]
    for one, other in zip(whole, small, strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)


def test_a_kept_capture_holds_one_sample_and_no_view_of_its_batch(predictions):
    kept = []
    module._captures.put = lambda key, value: kept.append(value)
    heatmaps(predictions, range(4), Recipe(target="=a"))
    assert [c.activations.shape[0] for c in kept] == [1] * 4
    assert {c.activations.base is None and c.gradients.base is None for c in kept} == {True}


# ---------------------------------------------------------------------------- from map to heat


def fixed(monkeypatch, *maps):
    """Captures whose maps are given: one channel, gradients of one."""
    captures = [
        Capture(np.float32(m)[None, ..., None], np.ones((1, *np.shape(m), 1), np.float32), None)
        for m in maps
    ]
    monkeypatch.setattr(module, "_captured", lambda *_: captures)


LOW = [[0.0, 1.0], [2.0, -3.0]]
HIGH = [[8.0, 4.0], [0.0, 0.0]]


def test_each_map_is_divided_by_its_own_maximum(predictions, monkeypatch):
    fixed(monkeypatch, LOW, HIGH)
    low, high = heatmaps(predictions, [0, 1], Recipe())
    assert (low.heat.tolist(), high.heat.tolist()) == ([[0, 0.5], [1, 0]], [[1, 0.5], [0, 0]])
    assert (low.scale, high.scale) == (2, 8)


def test_on_a_shared_scale_all_are_divided_by_the_largest(predictions, monkeypatch):
    fixed(monkeypatch, LOW, HIGH)
    low, high = heatmaps(predictions, [0, 1], Recipe(shared_scale=True))
    assert (low.heat.tolist(), high.heat.tolist()) == (
        [[0, 0.125], [0.25, 0]],
        [[1, 0.5], [0, 0]],
    )
    assert (low.scale, high.scale) == (8, 8)


def test_a_percentile_divides_by_less_than_the_maximum_and_clips(predictions, monkeypatch):
    fixed(monkeypatch, [[0.0, 1.0, 2.0, 3.0, 4.0]])
    found = heatmaps(predictions, [0], Recipe(percentile=75.0))[0]
    np.testing.assert_allclose(found.heat, [[0, 1 / 3, 2 / 3, 1, 1]], rtol=1e-6)
    simple = Recipe(percentile=75.0, normalization=Normalization.SIMPLE)
    assert heatmaps(predictions, [0], simple)[0].heat.tolist() == [[0, 0.25, 0.5, 0.75, 1]]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([[0.0, 0.0]], Degenerate.ZERO),
        ([[-1.0, -2.0]], Degenerate.NEGATIVE),
        ([[3.0, 3.0]], Degenerate.CONSTANT),
        ([[1.0, np.nan]], Degenerate.NOT_FINITE),
    ],
)
def test_a_map_that_shows_nothing_is_named(predictions, monkeypatch, raw, reason, shared):
    fixed(monkeypatch, raw, HIGH)
    empty, full = heatmaps(predictions, [0, 1], Recipe(shared_scale=shared))
    assert (empty.reason, empty.heat.tolist()) == (reason, [[0, 0]])
    assert (full.reason, full.heat.max()) == (None, 1)


def test_a_heatmap_lies_where_the_network_looked(flat, tmp_path):
    spec = InputSpec(SIDE, SIDE, resize=Resize.FIT_SHORT)
    project = project_of(flat, noisy(tmp_path, 1), classes=CLASSES, input_spec=spec)
    found = predict(project, Progress())
    heat = np.array([[0.0, 1.0]], np.float32)
    on_page = placed(found, 0, heat, np.zeros((10, 30, 3), np.uint8))
    assert np.isnan(on_page[:, :10]).all()
    assert np.isnan(on_page[:, 20:]).all()
    assert on_page[0, 10:20].argmax() >= 7
    assert (on_page[:, 10].max(), on_page[:, 19].min()) == (0, 1)


def test_no_positions_no_heatmaps(predictions):
    assert heatmaps(predictions, [], Recipe(shared_scale=True)) == []


def test_a_picture_that_has_gone_is_told(predictions):
    predictions.samples[1].path.unlink()
    with pytest.raises(GradcamError, match="the file is missing"):
        heatmaps(predictions, [0, 1], Recipe())


# ------------------------------------------------------------------------------------- contrasts


def test_a_contrast_is_the_difference_of_two_maps(predictions):
    """Grad-CAM is linear in the target."""
    one, other, both = (
        heatmaps(predictions, [0], Recipe(target=target, against=against))[0]
        for target, against in (("=a", ""), ("=c", ""), ("=a", "=c"))
    )
    assert both.target == Target.contrast(0, 2)
    np.testing.assert_allclose(both.raw, one.raw - other.raw, atol=1e-5 * np.abs(one.raw).max())


def test_each_sample_has_its_own_second_best(predictions, captured):
    found = heatmaps(predictions, range(4), Recipe(against="second"))
    order = np.argsort(-predictions.answers.scores, axis=1)
    assert [each.target for each in found] == [Target.contrast(*row[:2]) for row in order]
    alone = gradcam.explain(
        predictions.project.network, tensor(predictions, 3), "last", found[3].target
    ).maps[0]
    np.testing.assert_allclose(found[3].raw, alone, atol=1e-5 * np.abs(alone).max())
    assert len(captured) == 1


def test_what_lowers_a_value_is_what_raises_it_with_the_other_sign(numbers):
    raises, lowers = (heatmaps(numbers, [0], Recipe(target=t))[0] for t in ("=0", "-0"))
    assert lowers.target == Target.for_output(0, lowers=True)
    np.testing.assert_allclose(lowers.raw, -raises.raw, atol=1e-6)
    assert (np.minimum(raises.heat, lowers.heat) == 0).all()


def test_a_contrast_of_another_project_is_none_in_a_regression(numbers):
    assert targets_of(numbers, [0], Recipe(against="second"))[0] == Target.for_output(1)


# ----------------------------------------------------------------------------------- each method

# As few runs as each slow method allows.
FAST = {
    "ablation-cam": "",
    "integrated-gradients": "steps=8",
    "layer-cam-fused": "layers=2",
    "lime": "samples=50,segments=9",
    "occlusion": "size=0.5,step=1.0",
    "rise": "masks=50",
    "score-cam": "channels=3",
    "smooth-grad": "samples=2,of=grad-cam",
}
SLOW = sorted(name for name, method in METHODS.items() if method.slow)


def by(method, settings=None, **rest):
    """A method with as few runs as it allows, or with these settings."""
    words = FAST.get(method, "") if settings is None else settings
    return Recipe(method=METHODS[method], method_settings=words, **rest)


class Watch(Progress):
    """Progress that writes down what it is told, and leaves when a step has come so far.

    Attributes:
        told: name, passes done, passes in all.
    """

    def __init__(self, leaves=None):
        super().__init__()
        self.told, self.leaves = [], leaves

    def begin(self, name, total=0):
        super().begin(name, total)
        self.told.append((name, 0, total))

    def reach(self, done, total):
        super().reach(done, total)
        self.told.append((self.step.name, done, total))
        if self.told[-1][:2] == self.leaves:
            self.cancel()


@pytest.fixture
def asked(monkeypatch):
    """What slow methods were asked for: method, layer, target and the settings."""
    calls = []
    original = module.explain

    def counted(network, batch, layer, target, method, *, tell, **settings):
        calls.append((str(method), layer, target, settings))
        return original(network, batch, layer, target, method, tell=tell, **settings)

    monkeypatch.setattr(module, "explain", counted)
    return calls


def test_there_are_settings_for_each_slow_method():
    assert sorted(FAST) == SLOW


@pytest.mark.parametrize("method", METHODS)
def test_each_method_gives_what_the_core_gives(predictions, method):
    recipe = by(method, layer="first", target="=b")
    for position, found in zip([2, 0], heatmaps(predictions, [2, 0], recipe), strict=True):
        alone = gradcam.explain(
            predictions.project.network,
            tensor(predictions, position),
            "first",
            Target.for_class(1),
            method,
            **METHODS[method].read_settings(recipe.method_settings),
        )
        scale = np.abs(alone.maps).max()
        np.testing.assert_allclose(found.raw, alone.maps[0], atol=1e-4 * scale)
        assert (found.note, found.target) == (alone.notes[0], Target.for_class(1))


def test_a_setting_reaches_a_method_that_needs_one_run(predictions):
    one, other = (heatmaps(predictions, [0], by("random-map", f"seed={s}"))[0] for s in (1, 2))
    assert np.abs(one.raw - other.raw).max() > 0.1


@pytest.mark.parametrize("method", SLOW)
def test_what_a_slow_method_found_is_kept(predictions, method, asked, captured, runs):
    first = heatmaps(predictions, [0, 1], by(method))
    assert len(asked) == 2
    runs.clear()
    again = heatmaps(predictions, [1, 0], by(method, percentile=90.0))
    assert (len(asked), captured, runs) == (2, [], [])
    for one, other in zip(again, first[::-1], strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)
        assert one.note == other.note


def test_a_slow_method_runs_the_network_as_often_as_it_says(predictions, runs):
    runs.clear()
    heatmaps(predictions, [0, 0], by("rise"))
    assert runs == [1, 32, 18]  # the picture itself, then fifty masks
    heatmaps(predictions, [0, 1], by("rise"))
    assert runs == [1, 32, 18] * 2


@pytest.mark.parametrize(
    ("method", "changes", "again"),
    [
        ("score-cam", {"layer": "first"}, 1),
        ("rise", {"layer": "first"}, 0),  # it works on the picture
        ("rise", {"settings": "masks=51"}, 1),
        ("rise", {"settings": "masks=50,seed=1"}, 1),
        ("rise", {"settings": "seed=0,masks=50,cells=7"}, 0),  # the same in other words
        ("rise", {"pooling": Pooling.SUM_ABS}, 0),
        ("rise", {"target": "=b"}, 1),
        ("rise", {"target": "=a"}, 0),
        ("rise", {"target": "=a", "against": "=b"}, 1),
        ("rise", {"target": "=a", "against": "=of another project"}, 0),
        ("occlusion", {"settings": "size=0.6,step=1.0"}, 1),
    ],
)
def test_what_changes_a_map_is_run_anew_and_nothing_else(
    predictions, asked, method, changes, again
):
    usual = {"target": "=a"}
    first = heatmaps(predictions, [0], by(method, **usual))[0]
    other = heatmaps(predictions, [0], by(method, **{**usual, **changes}))[0]
    assert len(asked) == 1 + again
    assert (first.raw.shape != other.raw.shape or np.abs(first.raw - other.raw).max() > 0) == again
    heatmaps(predictions, [0], by(method, **usual))
    heatmaps(predictions, [0], by(method, **{**usual, **changes}))
    assert len(asked) == 1 + again


def test_two_methods_and_two_projects_do_not_share_maps(predictions, asked, flat):
    heatmaps(predictions, [0], by("rise", target="=a"))
    heatmaps(predictions, [0], by("occlusion", target="=a"))
    project = predictions.project
    spec = InputSpec(SIDE, SIDE, scaling=gradcam.Scaling.SYMMETRIC)
    heatmaps(replace(predictions, project=replace(project, medium=Pictures(spec))), [0], by("rise"))
    other = KerasNetwork(flat.model.own, "flat.h5", digest="other")
    heatmaps(replace(predictions, project=replace(project, networks=(other,))), [0], by("rise"))
    assert [method for method, *_ in asked] == ["rise", "occlusion", "rise", "rise"]
    same = replace(predictions, digests=predictions.digests[:1] * 4)  # two names of one picture
    heatmaps(same, [3], by("rise", target="=a"))
    assert len(asked) == 4
    twin = replace(METHODS["rise"], name="twin")
    heatmaps(predictions, [0], replace(by("rise", target="=a"), method=twin))
    assert len(asked) == 5


def test_what_is_missing_is_counted_before_it_is_made(predictions):
    rise = by("rise", target="=a")
    targets = [Target.for_class(0)] * 3
    assert missing(predictions, [0, 1, 0], targets, rise) == 2  # one picture is asked for twice
    heatmaps(predictions, [1], rise)
    assert missing(predictions, [0, 1, 0], targets, rise) == 1
    heatmaps(predictions, [0, 1], rise)
    assert missing(predictions, [0, 1, 0], targets, rise) == 0
    assert missing(predictions, [0, 1, 0], targets, replace(rise, layer="first")) == 0
    assert missing(predictions, [0, 1, 0], targets, by("rise", "masks=51")) == 2
    assert missing(predictions, [0, 1], [Target.for_class(1)] * 2, rise) == 2


def test_nothing_is_missing_of_a_method_that_needs_one_run(predictions):
    assert missing(predictions, [0], [Target.for_class(0)], Recipe()) == 0


def test_maps_for_given_targets_are_those_for_the_choice_of_them(predictions, asked):
    given = heatmaps_of(predictions, [0, 0], [Target.for_class(i) for i in (0, 1)], by("rise"))
    chosen = [heatmaps(predictions, [0], by("rise", target=t))[0] for t in ("=a", "=b")]
    assert len(asked) == 2
    for one, other in zip(given, chosen, strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)
        assert one.target == other.target


# -------------------------------------------------------------------------- watching and leaving


def test_how_far_a_slow_method_is_is_told(predictions):
    watch = Watch()
    heatmaps(predictions, [0, 1, 0], by("rise"), watch)
    assert watch.told == [
        (f"RISE (sample {number} of 2)", *passes)
        for number in (1, 2)
        for passes in ((0, 0), (32, 50), (50, 50))
    ]
    alone = Watch()
    heatmaps(predictions, [0, 2], by("rise"), alone)
    assert {name for name, *_ in alone.told} == {"RISE"}  # the other one is there already


@pytest.mark.parametrize("method", SLOW)
def test_every_slow_method_counts_up_to_all_of_it(predictions, method):
    watch = Watch()
    heatmaps(predictions, [0], by(method), watch)
    (start, *steps) = watch.told
    assert start == (METHODS[method].title, 0, 0)
    assert [done for _, done, _ in steps] == sorted({done for _, done, _ in steps})
    totals = {total for *_, total in steps}
    assert totals == {steps[-1][1]}  # never more than was announced, and at the end all of it


def test_who_leaves_keeps_what_is_done(predictions, asked):
    with pytest.raises(Cancelled):
        heatmaps(predictions, [0, 1, 2], by("rise"), Watch(("RISE (sample 2 of 3)", 32)))
    targets = targets_of(predictions, range(3), Recipe())
    assert missing(predictions, [0, 1, 2], targets, by("rise")) == 2
    asked.clear()
    again = heatmaps(predictions, [0, 1, 2], by("rise"))
    assert (len(again), len(asked)) == (3, 2)


def test_who_has_left_before_it_began_starts_nothing(predictions, asked):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        heatmaps(predictions, [0], by("rise"), progress)
    assert asked == []
    heatmaps(predictions, [0], Recipe(), progress)  # one run is too short to be left


# -------------------------------------------------------------------------------- what is shown


def test_lime_says_how_well_it_fits_and_the_others_say_nothing(predictions):
    lime, rise = (heatmaps(predictions, [0], by(method))[0] for method in ("lime", "rise"))
    assert " segments; the linear fit explains " in lime.note
    assert rise.note == ""


def test_maps_of_a_slow_method_can_share_a_scale(predictions):
    own = heatmaps(predictions, [0, 1], by("rise", target="=a"))
    shared = heatmaps(predictions, [0, 1], by("rise", target="=a", shared_scale=True))
    largest = max(each.scale for each in own)
    assert [each.scale for each in shared] == [largest] * 2
    assert len({each.scale for each in own}) == 2
    for each in shared:
        np.testing.assert_allclose(each.heat, np.clip(each.raw / largest, 0, 1), atol=1e-6)


def test_a_slow_method_of_a_picture_that_has_gone_is_told(predictions):
    predictions.samples[1].path.unlink()
    with pytest.raises(GradcamError, match="the file is missing"):
        heatmaps(predictions, [0, 1], by("rise"))


def test_a_small_store_of_maps_gives_a_whole_answer_all_the_same(predictions, monkeypatch):
    store = BoundedStore(2 * 4 * SIDE * SIDE, lambda found: found.raw.nbytes)
    monkeypatch.setattr(module, "_maps", store)
    assert len(heatmaps(predictions, range(4), by("rise"))) == 4
    assert store.total == 2 * 4 * SIDE * SIDE


def test_several_targets_of_a_sample_have_the_scale_of_the_strongest(predictions):
    targets = [Target.for_class(number) for number in range(3)]
    alone = heatmaps_of(predictions, [1, 1, 1], targets, Recipe())
    together = on_one_scale(predictions, 1, targets, Recipe(shared_scale=False))
    strongest = max(one.scale for one in alone)
    assert len({one.scale for one in alone}) == 3
    assert [one.scale for one in together] == [strongest] * 3
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)
