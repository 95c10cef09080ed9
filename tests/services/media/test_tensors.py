"""Ready tensors go from a folder to a finished export, of any number of channels."""

import json
import zipfile

import numpy as np
import pytest

import gradcam
from gradcam import PictureError
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.export.job import export
from services.export.plan import ExportPlan
from services.heatmaps.heatmaps import heatmaps, placed
from services.media.kinds import kind_of
from services.media.tensors import Tensors, drawn_tensor
from services.opening.opening import open_source
from services.people.person import NOBODY_ELSE
from services.predictions.thumbnails import thumbnail
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import keep_upload
from tests.services.projects import SIZE, pointwise, solid


def saved(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.asarray(array, np.float32))
    return path


def zipped(path, **arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


def first_or_last(channels):
    """Class 0 where the first channel has more, class 1 where the last has."""
    kernel = np.zeros((channels, 2))
    kernel[0, 0] = kernel[-1, 1] = 1
    return pointwise(kernel, [0, 0], np.eye(2) * 4, [0, 0], activation="softmax")


def spotted(channels, channel, at=None):
    """A tensor of small numbers below nought and above 1, with a spot in one channel."""
    rng = np.random.default_rng(channel)
    tensor = rng.uniform(-0.3, 0.1, (SIZE, SIZE, channels)).astype(np.float32)
    rows, columns = (slice(None),) * 2 if at is None else (slice(at, at + 2),) * 2
    tensor[rows, columns, channel] += 30.0
    return tensor


@pytest.fixture(params=[2, 3, 5])
def channels(request):
    return request.param


@pytest.fixture
def folder(tmp_path, channels):
    folder = tmp_path / "tensors"
    folder.mkdir()
    first_or_last(channels).save(folder / "model.keras")
    for at in (0, 2, 4):
        saved(folder / "data" / "first" / f"{at}.npy", spotted(channels, 0, at))
        zipped(folder / "data" / "last" / f"{at}.npz", x=spotted(channels, channels - 1, at))
    return folder


def source(folder):
    return SourceReference(SourceKind.FOLDER, str(folder))


@pytest.fixture
def opened(folder):
    return open_source(source(folder))


def facts(project):
    return {fact.what: (fact.value, fact.why) for fact in project.facts}


def left_out(opened):
    return {file.name: file.reason for file in opened.predictions.left_out}


def test_they_are_fed_as_they_are_and_nothing_is_tried(opened, folder, channels):
    project = opened.project
    assert project.medium == Tensors(SIZE, SIZE, channels)
    assert (opened.check, project.medium.options) == (None, ())
    assert project.task.names == ("first", "last")
    fed = np.stack([spotted(channels, 0, at) for at in (0, 2, 4)])
    expected = project.network.predict(fed)
    np.testing.assert_allclose(opened.predictions.outputs[:3], expected, atol=1e-6)
    assert opened.predictions.correct().tolist() == [1] * 6
    assert opened.predictions.sizes.tolist() == [[SIZE, SIZE]] * 6


def test_each_is_shown_by_its_own_range(opened):
    picture = thumbnail(opened.predictions, 0, 4 * SIZE).picture
    assert (picture.min(), picture.max()) == (0, 255)
    assert (picture[:2, :2, 0] > 240).all()  # the spot is in the channel that is shown as red
    assert (picture[2:, 2:] < 10).all()


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (1, [[0, 0, 0], [255, 255, 255]]),
        (2, [[0, 26, 0], [255, 255 - 26, 0]]),
        (3, [[0, 26, 51], [255, 229, 204]]),
        (5, [[0, 26, 51], [255, 229, 204]]),
    ],
)
def test_channels_become_colours_and_of_many_the_first_three(channels, expected):
    low = np.array([-5, -4, -3, -2, -1], np.float32)[:channels]
    drawn = drawn_tensor(np.stack([low, -low])[:, None])
    assert np.abs(drawn[:, 0].astype(int) - expected).max() <= 1
    assert (drawn.dtype, drawn.shape) == (np.uint8, (2, 1, 3))
    assert (drawn_tensor(np.full((2, 2, channels), 7.0, np.float32)) == 0).all()


def test_every_method_explains_them(opened):
    for method in gradcam.fitting_methods(opened.project.network):
        (heat,) = heatmaps(opened.predictions, [0], Recipe().using(method))
        assert np.isfinite(heat.raw).all()


def test_the_heat_lies_on_the_spot(opened):
    for position, at in enumerate((0, 2, 4)):
        (heat,) = heatmaps(opened.predictions, [position], Recipe())
        picture = np.zeros((2 * SIZE, 2 * SIZE, 3))
        on_it = placed(opened.predictions, position, heat.heat, picture)
        rows, columns = np.nonzero(on_it > 0.9)
        assert {int(rows.min()) // 2, int(columns.min()) // 2} == {at}


def test_they_are_exported_whole(opened, tmp_path):
    project = opened.project
    done = export(project, ExportPlan.of(project, Choices()), project.samples, tmp_path / "out", "")
    assert (done.counts["explained"], done.counts["left_out"]) == (6, 0)
    manifest = json.loads((done.output / "manifest.json").read_text())
    assert manifest["input"]["channels"] == project.medium.channels
    with zipfile.ZipFile(done.zip) as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))
    assert len(names) == 6
    assert not [name for name in names if ".np" in name]
    assert "ready tensors, as they are" in (done.output / "report.html").read_text()


def test_they_are_uploaded_and_named_by_a_table(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as packed:
        for number, path in enumerate(sorted((folder / "data").rglob("*.np[yz]"))):
            packed.write(path, f"{number}{path.suffix}")
        rows = [f"{number}.{'npy' if number < 3 else 'npz'}," for number in range(6)]
        lines = [row + ("first" if number < 3 else "last") for number, row in enumerate(rows)]
        packed.writestr("labels.csv", "\n".join(["file,label", *lines]))
    with (folder / "model.keras").open("rb") as model, (tmp_path / "data.zip").open("rb") as data:
        opened = open_source(keep_upload(NOBODY_ELSE, "model.keras", model, data))
    assert opened.predictions.correct().tolist() == [1] * 6


WANTED = f"the network takes {SIZE} × {SIZE} × 2"
SQUARE = f"{SIZE} × {SIZE}"
SINGLE = "save each of the 3 samples into a file of its own"
TURNED = "save it with the channels last, as np.moveaxis(array, 0, -1)"


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((3, SIZE, SIZE, 2)), f"its shape is 3 × {SQUARE} × 2, {WANTED}; {SINGLE}"),
        (np.zeros((2, SIZE, SIZE)), f"its shape is 2 × {SQUARE}, {WANTED}; {TURNED}"),
        (np.zeros((4, 4)), f"its shape is 4 × 4, {WANTED}"),
        (np.zeros(()), f"its shape is a single number, {WANTED}"),
        (np.full((SIZE, SIZE, 2), np.nan), "it holds numbers that are not finite"),
        (np.full((SIZE, SIZE, 2), 1e300), "it holds numbers that are not finite"),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence(tmp_path, array, said):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(PictureError) as refusal:
        Tensors(SIZE, SIZE, 2).read(tmp_path / "a.npy")
    assert str(refusal.value) == said


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (1, 4, 5), (1, 4, 5, 1)])
def test_axes_of_one_change_nothing(tmp_path, shape):
    numbers = np.arange(20, dtype=np.float32)
    path = saved(tmp_path / "a.npy", numbers.reshape(shape))
    tensor = Tensors(5, 4, 1).read(path).tensor
    np.testing.assert_array_equal(tensor[..., 0], numbers.reshape(4, 5))


@pytest.mark.parametrize("channels", [2], indirect=True)
def test_of_several_arrays_the_one_of_the_network_s_shape_is_taken_and_named(folder):
    for path in list((folder / "data").rglob("*.np?")):
        tensor = np.load(path)
        tensor = tensor if path.suffix == ".npy" else tensor["x"]
        path.unlink()
        zipped(path.with_suffix(".npz"), mask=tensor[..., 0], image=tensor)
    opened = open_source(source(folder))
    assert opened.project.medium.array == "image"
    value, why = facts(opened.project)["array"]
    assert (value, why.startswith("the only one of the network's shape, beside mask;")) == (
        "image", True,
    )  # fmt: skip
    assert opened.predictions.correct().tolist() == [1] * 6


@pytest.mark.parametrize("channels", [2], indirect=True)
def test_of_two_that_fit_the_likelier_name_counts_and_project_toml_has_the_last_word(folder):
    for path in list((folder / "data").rglob("*.npz")):
        tensor = np.load(path)["x"]
        zipped(path, after=tensor[..., ::-1], image=tensor)
    opened = open_source(source(folder))
    assert facts(opened.project)["array"][1].startswith("the likeliest by its name, beside after;")
    assert opened.predictions.correct().tolist() == [1] * 6
    (folder / "project.toml").write_text('[input]\narray = "after"\n')
    other = open_source(source(folder))
    assert (other.project.medium.array, "array" in facts(other.project)) == ("after", False)
    assert other.predictions.correct().tolist() == [1] * 3 + [0] * 3


@pytest.mark.parametrize("channels", [2], indirect=True)
def test_where_no_array_fits_that_is_told(folder):
    for path in (folder / "data").rglob("*.np?"):
        zipped(path.with_suffix(".npz"), a=np.zeros(3), b=np.zeros(4))
    for path in (folder / "data").rglob("*.npy"):
        path.unlink()
    with pytest.raises(ProjectError, match=r"None of the arrays a, b has the shape"):
        open_source(source(folder))


@pytest.mark.parametrize("channels", [2], indirect=True)
def test_a_whole_test_set_in_one_file_is_told_from_a_wrong_shape(folder):
    tensors = [np.load(path) for path in sorted((folder / "data").rglob("*.npy"))]
    for path in (folder / "data").rglob("*.np?"):
        path.unlink()
    zipped(folder / "data" / "test.npz", x_test=np.stack(tensors), y_test=np.arange(len(tensors)))
    said = rf"The array x_test holds {len(tensors)} samples in one file; save each"
    with pytest.raises(ProjectError, match=said):
        open_source(source(folder))


@pytest.mark.parametrize("channels", [3], indirect=True)
def test_among_more_tensors_pictures_are_left_out_and_the_other_way_round(folder):
    solid(folder / "data" / "first" / "a.png")
    opened = open_source(source(folder))
    assert len(opened.predictions) == 6
    assert left_out(opened) == {
        "first/a.png": "most samples here are ready tensors (.npy, .npz), and a project holds one "
        "kind"
    }
    for number in range(9):
        solid(folder / "data" / "last" / f"{number}.png")
    opened = open_source(source(folder))
    assert len(opened.predictions) == 10
    assert set(left_out(opened).values()) == {
        "most samples here are pictures, and a project holds one kind"
    }


@pytest.mark.parametrize("channels", [3], indirect=True)
def test_arrays_that_lie_beside_a_project_of_pictures_change_nothing(folder, tmp_path):
    other = tmp_path / "pictures"
    for label, color in (("first", (255, 0, 0)), ("last", (0, 0, 255))):
        solid(other / label / "a.png", color)
    first_or_last(3).save(other / "model.keras")
    before = open_source(source(other))
    np.save(other / "X_test.npy", np.zeros((5, SIZE, SIZE, 3)))
    np.save(other / "y_test.npy", np.zeros(5))
    after = open_source(source(other))
    assert after.project.samples == before.project.samples
    assert after.predictions.outputs.tolist() == before.predictions.outputs.tolist()
    assert {"X_test.npy", "y_test.npy"} >= set(left_out(after))


@pytest.mark.parametrize("channels", [5], indirect=True)
def test_a_network_of_five_channels_says_what_it_needs_where_pictures_lie(folder):
    for path in (folder / "data").rglob("*.np?"):
        path.unlink()
    solid(folder / "data" / "first" / "a.png")
    solid(folder / "data" / "last" / "a.png")
    with pytest.raises(ProjectError, match=r"takes 5 channels, .* with as \.npy files"):
        open_source(source(folder))


@pytest.mark.parametrize("channels", [3], indirect=True)
def test_what_project_toml_says_of_pictures_is_told_to_mean_nothing(folder):
    (folder / "project.toml").write_text('[input]\nscaling = "torch"\nexif = false\n')
    told = facts(open_source(source(folder)).project)
    assert told["[input]"] == (
        "scaling, exif",
        "means nothing for ready tensors, which are fed as they are",
    )


def free_size(channels):
    import keras

    inputs = keras.Input((None, None, channels))
    x = keras.layers.Conv2D(2, 1, name="conv")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))


@pytest.mark.parametrize(("count", "shape"), [(1, (6, 7)), (2, (6, 7, 2)), (1, (6, 7, 1))])
def test_a_network_of_any_size_takes_that_of_most_tensors(tmp_path, count, shape):
    free_size(count).save(tmp_path / "model.keras")
    for name in ("a/1", "a/2", "b/1"):
        saved(tmp_path / "data" / f"{name}.npy", np.zeros(shape))
    saved(tmp_path / "data" / "b" / "2.npy", np.zeros((3, 3, count)))
    opened = open_source(source(tmp_path))
    assert opened.project.medium == Tensors(7, 6, count)
    assert facts(opened.project)["size"][0] == "7 × 6"
    assert list(left_out(opened)) == ["b/2.npy"]


def test_the_kind_is_told_by_the_bytes_where_there_is_no_ending(tmp_path):
    path = saved(tmp_path / "a.npy", np.zeros((2, 2))).rename(tmp_path / "a")
    assert kind_of([path]).word == "ready tensors (.npy, .npz)"
