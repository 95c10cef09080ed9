"""An embedding in the background: what is kept, what is joined, what is left."""

import hashlib
import sys
import threading

import numpy as np
import pytest

from gradcam import GradcamError
from services.choices.choices import Choices
from services.choices.options import Reduction
from services.embedding import asked as module
from services.embedding import worker
from services.embedding.asked import Embedding
from services.embedding.points import features_of, stratified
from services.embedding.reduction import Projection, reduce
from services.embedding.structure import describe
from services.errors import Cancelled
from services.heatmaps.heatmaps import tensors
from services.keeping.store import BoundedStore
from services.work.asker import Asker
from services.work.one_process import OneProcess
from services.work.progress import Progress
from tests.services import projects
from tests.services.asking import had
from tests.waiting import PATIENCE

PCA = Choices(reduction=Reduction.PCA)


@pytest.fixture(autouse=True)
def nothing_in_memory(monkeypatch):
    monkeypatch.setattr(module._arrays, "_memory", BoundedStore(10**8))


@pytest.fixture
def in_here(monkeypatch):
    """The work is done in this process; says which of it was done."""
    done = []

    def draw(features, projection, progress):
        done.append(str(projection.reduction))
        return reduce(features, projection)

    def look(features, labels, progress):
        done.append("structure")
        return describe(features, labels)

    monkeypatch.setattr(worker, "reduce_apart", draw)
    monkeypatch.setattr(worker, "describe_apart", look)
    return done


@pytest.fixture
def predictions(blue_or_red, tmp_path):
    """Twelve blue and twelve red pictures; the features are what the network's mean gives."""
    rng = np.random.default_rng(0)
    answers, features, paths = [], [], []
    for number in range(24):
        name = "blue" if number < 12 else "red"
        level = int(rng.integers(120, 250))
        colour = (0, 0, level) if name == "blue" else (level, 0, 0)
        paths.append(projects.solid(tmp_path / f"{number:02}.png", colour))
        answers.append((f"{number:02}.png", name))
        features.append((colour[2] / 255, colour[0] / 255))
    return projects.said(
        blue_or_red, answers, classes=("blue", "red"), outputs=features, features=features,
        paths=paths,
    )  # fmt: skip


def made(predictions, choices):
    embedding = Embedding(predictions, choices)
    job = had(embedding)
    assert job.error is None
    return embedding.found


def test_pictures_that_an_earlier_version_kept_are_found(predictions):
    choices = Choices(reduction=Reduction.TSNE, perplexity=5, seed=3)
    embedding = Embedding(predictions, choices)
    said = "Recipe(reduction=<Reduction.TSNE: 't-SNE'>, reach=5, seed=3)"
    told = f"picture|{embedding._of_features}|{said}"
    assert embedding._of_picture == hashlib.sha256(told.encode()).hexdigest()


def test_it_is_what_the_pure_functions_give(predictions, in_here):
    found = made(predictions, PCA)
    own = reduce(predictions.features, Projection(Reduction.PCA, 0, 0))
    np.testing.assert_array_equal(found.picture.coordinates, own.coordinates)
    assert (found.picture.kept, found.picture.explained) == (own.kept, own.explained)
    structure = describe(predictions.features, predictions.answers.true)
    np.testing.assert_array_equal(found.structure.neighbours, structure.neighbours)
    assert found.structure.of_labels == structure.of_labels
    assert (found.width, found.compared, found.left_out) == (2, 2, 0)


def test_a_process_of_its_own_gives_the_same(predictions):
    progress = Progress()
    projection = Projection(Reduction.TSNE, 5, 1)
    found = worker.reduce_apart(predictions.features, projection, progress)
    own = reduce(predictions.features, projection)
    np.testing.assert_array_equal(found.coordinates, own.coordinates)


def test_another_picture_computes_no_figures_again_and_what_is_kept_nothing(predictions, in_here):
    made(predictions, PCA)
    made(predictions, Choices(perplexity=5))
    assert in_here == ["structure", "PCA", "t-SNE"]
    module._arrays._memory = BoundedStore(10**8)  # the server was started again
    assert Embedding(predictions, PCA).missing == 0
    assert Embedding(predictions, Choices(perplexity=6)).missing == 1
    assert Embedding(predictions, Choices(perplexity=5, seed=1)).missing == 1
    assert Embedding(predictions, Choices(perplexity=5, colouring="Cluster")).missing == 0


def test_another_label_is_another_structure_but_the_same_picture(predictions, in_here):
    made(predictions, PCA)
    samples = list(predictions.samples)
    answers = [(sample.id, "red") for sample in samples[:1]]
    answers += [(sample.id, sample.label) for sample in samples[1:]]
    other = projects.said(
        predictions.project.network, answers, classes=("blue", "red"),
        outputs=predictions.outputs, features=predictions.features,
    )  # fmt: skip
    assert Embedding(other, PCA).missing == 1


def test_another_layer_runs_the_network_and_leaves_out_pictures_that_are_gone(predictions, in_here):
    predictions.samples[3].path.unlink()
    found = made(predictions, Choices(reduction=Reduction.PCA, features="conv"))
    assert list(found.positions) == [p for p in range(24) if p != 3]
    assert found.left_out == 1
    features = features_of(predictions, np.arange(3), "conv", Progress())
    own = predictions.project.network.channel_means(tensors(predictions, [0, 1, 2]), "conv")
    np.testing.assert_allclose(features, own)


def test_too_few_samples_with_features_are_a_sentence(predictions, in_here):
    for sample in predictions.samples[:20]:
        sample.path.unlink()
    job = had(Embedding(predictions, Choices(features="conv")))
    assert job.error.startswith("Only 4 samples have features that are numbers")


def test_who_leaves_ends_the_process(monkeypatch):
    progress, started = Progress(), []
    original = worker.subprocess.Popen

    def starting(*given, **rest):
        started.append(original(*given, **rest))
        progress.cancel()
        return started[-1]

    monkeypatch.setattr(worker.subprocess, "Popen", starting)
    features = np.random.default_rng(0).normal(size=(3000, 50)).astype(np.float32)
    with pytest.raises(Cancelled):
        worker.reduce_apart(features, Projection(Reduction.TSNE, 30, 0), progress)
    assert started[0].poll() is not None


def test_a_process_that_fails_says_what_went_wrong(monkeypatch):
    with pytest.raises(GradcamError, match=r"The samples could not be drawn: ValueError: .*NaN"):
        worker.reduce_apart(
            np.full((20, 3), np.nan, np.float32), Projection(Reduction.TSNE, 3, 0), Progress()
        )
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GradcamError, match="there is not enough memory"):
        worker.reduce_apart(
            np.zeros((20, 3), np.float32), Projection(Reduction.PCA, 3, 0), Progress()
        )


def test_how_far_it_is_is_read_from_what_the_libraries_print():
    tsne = "[t-SNE] Iteration 50: error = 65.8, gradient\n[t-SNE] Iteration 100: error = 1"
    assert worker._how_far(tsne) == (100, 1000)
    assert worker._how_far("Epochs completed:   4%| 4\rEpochs completed:  37%| ###") == (37, 100)
    assert worker._how_far("UMAP(random_state=0)") == (0, 0)


def test_two_who_want_the_same_share_the_work(predictions, in_here, monkeypatch):
    going = threading.Event()
    drawn = worker.reduce_apart

    def slow(*given):
        going.wait(PATIENCE)
        return drawn(*given)

    monkeypatch.setattr(worker, "reduce_apart", slow)
    workshop = OneProcess()
    first, second = (
        workshop.ask(Embedding(predictions, PCA), Asker(who)) for who in ("ann", Asker("ben"))
    )
    assert first is second
    going.set()
    assert first.wait(PATIENCE)


def test_a_damaged_file_is_computed_again(predictions, in_here, tmp_path):
    made(predictions, PCA)
    for path in (tmp_path / "cache" / "embeddings").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    module._arrays._memory = BoundedStore(10**8)
    assert Embedding(predictions, PCA).missing == 2


# -------------------------------------------------------------------------- samples of samples


def classes_of(network, labels):
    answers = [(f"{number:04}", label) for number, label in enumerate(labels)]
    return projects.said(
        network, answers, classes=("a", "b", "c"), outputs=np.zeros((len(labels), 3))
    )


def test_classes_keep_their_proportions_and_have_one_at_least(blue_or_red):
    labels = ["a"] * 60 + ["b"] * 30 + [None] * 9 + ["c"]
    taken = stratified(classes_of(blue_or_red, labels), 20)
    assert list(taken) == sorted(set(taken))
    counts = [sum(labels[p] == name for p in taken) for name in ("a", "b", None, "c")]
    assert counts == [12, 6, 1, 1]  # exactly 12, 6, 1.8 and 0.2
    assert taken[0] == 0
    assert max(p for p in taken if labels[p] == "a") == 59


@pytest.mark.parametrize(
    ("sizes", "most", "expected"),
    [((50, 25, 25), 10, [5, 3, 2]), ((97, 1, 2), 4, [2, 1, 1]), ((50, 30, 20), 3, [1, 1, 1])],
)
def test_rests_go_to_the_largest_and_the_largest_class_gives(blue_or_red, sizes, most, expected):
    labels = [name for name, size in zip("abc", sizes, strict=True) for _ in range(size)]
    taken = stratified(classes_of(blue_or_red, labels), most)
    assert [sum(labels[p] == name for p in taken) for name in "abc"] == expected


def test_few_samples_are_all_taken(blue_or_red):
    assert list(stratified(classes_of(blue_or_red, ["a", "b"]), 2)) == [0, 1]


def test_values_of_a_regression_are_taken_evenly(redness):
    values = np.random.default_rng(0).permutation(101)
    said = projects.said(redness, [(str(v), str(v)) for v in values], outputs=np.zeros(101))
    assert sorted(values[stratified(said, 11)]) == list(range(0, 101, 10))
