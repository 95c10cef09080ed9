import os
import shutil

import pytest

from services.errors import ProjectError
from services.settings import settings
from services.sources.folder import locate, read_folder
from services.sources.reference import DEMOS, SourceKind, SourceReference
from tests.services.projects import entry, info_labels, solid


@pytest.fixture
def cars(tmp_path):
    """A folder with a model file (of nothing) and two class folders."""
    folder = tmp_path / "cars"
    solid(folder / "car" / "a.png")
    solid(folder / "no car" / "b.png")
    (folder / "model.h5").write_bytes(b"not opened here")
    return folder


def sentence_of(function, *arguments):
    with pytest.raises(ProjectError) as caught:
        function(*arguments)
    return str(caught.value)


def facts(content):
    return {fact.what: (fact.value, fact.why) for fact in content.facts}


def ids(content):
    return [sample.id for sample in content.labelled.samples]


# ---------------------------------------------------------------------------------- the network


@pytest.mark.parametrize("name", ["model.h5", "net.keras", "net.hdf5", "net.h5.zip"])
def test_the_only_model_is_taken(cars, name):
    (cars / "model.h5").rename(cars / name)
    content = read_folder(cars)
    assert content.model == cars / name
    assert facts(content)["model"] == (name, "the only model here")


def test_among_several_models_the_one_called_model_is_taken(cars):
    (cars / "a.h5").touch()
    content = read_folder(cars)
    assert content.model.name == "model.h5"
    assert facts(content)["model"] == (
        "model.h5",
        "the first of 2 models here; the other is a.h5",
    )


def test_among_several_others_the_first_by_name_is_taken(cars):
    (cars / "model.h5").rename(cars / "b.h5")
    (cars / "a.keras").touch()
    assert read_folder(cars).model.name == "a.keras"


def test_a_named_model_is_taken_without_a_word(cars):
    (cars / "nets").mkdir()
    (cars / "nets" / "other.bin").touch()
    (cars / "project.toml").write_text('model = "nets/other.bin"')
    content = read_folder(cars)
    assert content.model == (cars / "nets" / "other.bin").resolve()
    assert "model" not in facts(content)


def test_a_named_model_that_is_missing_is_told(cars):
    (cars / "project.toml").write_text('model = "other.h5"')
    assert sentence_of(read_folder, cars) == (
        "project.toml names the model other.h5, which is not there."
    )


def test_a_folder_without_a_model_is_told(cars):
    (cars / "model.h5").unlink()
    assert sentence_of(read_folder, cars).startswith("There is no model (.h5, ")


@pytest.mark.parametrize("key", ["model", "data"])
def test_what_the_manifest_names_stays_inside_the_folder(cars, key):
    (cars.parent / "other").mkdir()
    (cars / "project.toml").write_text(f'{key} = "../other"')
    assert "which lies outside the project's folder" in sentence_of(read_folder, cars)


# ------------------------------------------------------------------------------------- the data


def test_class_folders_beside_the_model_are_the_data(cars):
    content = read_folder(cars)
    assert ids(content) == ["car/a.png", "no car/b.png"]
    assert facts(content)["data"] == ("this folder", "where the samples are")
    assert facts(content)["labels"][0] == "class folders"


@pytest.mark.parametrize("name", ["testing", "test", "images", "data", "val", "pictures"])
def test_a_folder_with_a_usual_name_holds_the_data(cars, name):
    (cars / name).mkdir()
    (cars / "car").rename(cars / name / "car")
    (cars / "no car").rename(cars / name / "no car")
    content = read_folder(cars)
    assert ids(content) == ["car/a.png", "no car/b.png"]
    assert facts(content)["data"][0] == name


def test_the_test_pictures_come_before_all_others(cars):
    solid(cars / "data" / "testing" / "car" / "c.png")
    solid(cars / "data" / "training" / "car" / "d.png")
    content = read_folder(cars)
    assert ids(content) == ["car/c.png"]
    assert facts(content)["data"][0] == "data/testing"


def test_a_whole_export_is_read_by_the_label_file_at_its_root(cars):
    solid(cars / "testing" / "a.png")
    info_labels(cars, [entry("testing/a.png", "car")])
    info_labels(cars / "testing", [entry("a.png", "another")])
    content = read_folder(cars)
    assert [(s.id, s.label) for s in content.labelled.samples] == [("testing/a.png", "car")]
    assert facts(content)["labels"] == ("info.labels", "the label file of an Edge Impulse export")


def test_the_test_half_of_an_export_is_read_by_its_own_label_file(cars):
    solid(cars / "testing" / "a.png")
    info_labels(cars / "testing", [entry("a.png", "car")])
    assert [(s.id, s.label) for s in read_folder(cars).labelled.samples] == [("a.png", "car")]


def test_named_data_is_taken(cars):
    solid(cars / "mine" / "x" / "c.png")
    (cars / "project.toml").write_text('data = "mine"')
    content = read_folder(cars)
    assert ids(content) == ["x/c.png"]
    assert "data" not in facts(content)


def test_named_data_that_is_no_folder_is_told(cars):
    (cars / "project.toml").write_text('data = "model.h5"')
    assert sentence_of(read_folder, cars) == (
        "project.toml names the data model.h5, which is no folder here."
    )


def test_a_folder_without_a_picture_is_told(cars):
    (cars / "car" / "a.png").unlink()
    (cars / "no car" / "b.png").unlink()
    assert sentence_of(read_folder, cars).startswith("There is no picture or sound in cars;")


def test_pictures_without_labels_are_told_as_such(cars):
    (cars / "car" / "a.png").rename(cars / "a.png")
    (cars / "no car" / "b.png").unlink()
    assert facts(read_folder(cars))["labels"] == (
        "nothing",
        "the samples are in no class folders and no label file names them",
    )


# ------------------------------------------------------------- what a person takes of several


@pytest.fixture
def several(tmp_path):
    """A project with two networks and three splits."""
    for split in ("train", "valid", "Test"):
        solid(tmp_path / "several" / "dataset" / split / "car" / f"{split}.png")
        solid(tmp_path / "several" / "dataset" / split / "no car" / "b.png")
    for name in ("a.h5", "model.keras"):
        (tmp_path / "several" / name).touch()
    return tmp_path / "several"


def test_the_best_is_taken_and_the_others_are_named(several):
    content = read_folder(several)
    assert ids(content) == ["car/Test.png", "no car/b.png"]
    assert facts(content)["data"] == (
        "dataset/Test",
        "the test split; the others are dataset/valid (validation), dataset/train (training)",
    )
    assert facts(content)["model"] == (
        "model.keras",
        "the first of 2 models here; the other is a.h5",
    )
    assert not any(fact.warns for fact in content.facts)


def test_a_person_can_choose_among_splits_and_networks(several):
    split, model = read_folder(several).alternatives
    assert (split.name, split.taken, list(split.values)) == (
        "split", "dataset/Test", ["dataset/Test", "dataset/valid", "dataset/train"],
    )  # fmt: skip
    assert split.values["dataset/train"] == "dataset/train (training), 2 samples"
    assert (model.name, model.taken, list(model.values)) == (
        "model", "model.keras", ["model.keras", "a.h5"],
    )  # fmt: skip


def test_what_a_person_chose_is_taken_and_told(several):
    content = read_folder(several, {"split": "dataset/train", "model": "a.h5"})
    assert (ids(content)[0], content.model.name) == ("car/train.png", "a.h5")
    said = "chosen by you"
    assert facts(content)["data"] == ("dataset/train", said)
    assert facts(content)["model"] == ("a.h5", said)
    assert [each.taken for each in content.alternatives] == ["dataset/train", "a.h5"]
    assert next(iter(content.alternatives[0].values)) == "dataset/Test"


def test_what_project_toml_names_can_be_exchanged_too(several):
    (several / "project.toml").write_text('model = "a.h5"\ndata = "dataset"')
    content = read_folder(several)
    assert (ids(content)[0], content.model.name) == ("car/Test.png", "a.h5")
    picked = read_folder(several, {"split": "valid", "model": "model.keras"})
    assert (ids(picked)[0], picked.model.name) == ("car/valid.png", "model.keras")


@pytest.mark.parametrize(
    ("pick", "there"),
    [
        ({"split": "../other"}, "dataset/Test, dataset/valid, dataset/train"),
        ({"model": "../model.h5"}, "model.keras, a.h5"),
    ],
)
def test_only_what_is_offered_can_be_chosen(several, pick, there):
    (several.parent / "model.h5").touch()
    (name,) = pick.values()
    assert sentence_of(read_folder, several, pick) == (
        f"There is no {name} in this project to be opened; there is {there}."
    )


def test_where_there_is_one_of_each_nothing_is_to_be_chosen(cars):
    assert read_folder(cars).alternatives == ()


def test_where_only_training_pictures_are_that_is_a_warning(several):
    for split in ("Test", "valid"):
        shutil.rmtree(several / "dataset" / split)
    (warning,) = [fact for fact in read_folder(several).facts if fact.warns]
    assert (warning.what, warning.value) == ("data", "dataset/train")
    assert warning.why.startswith("the training split, as there is no other with samples")


# ------------------------------------------------------------------------------- the class names


def names_of(folder):
    lists = read_folder(folder).class_lists
    return lists[0].names if lists else None


@pytest.mark.parametrize("name", ["labels.txt", "classes.txt"])
def test_class_names_stand_one_a_line(cars, name):
    (cars / name).write_text("no car\n\n car \n", encoding="utf-8-sig")
    (own,) = read_folder(cars).class_lists
    assert (own.names, own.file) == (("no car", "car"), name)


def test_an_empty_list_of_names_says_nothing(cars):
    (cars / "labels.txt").write_text("\n \n")
    assert names_of(cars) is None


def test_class_names_are_looked_for_beside_the_model_and_on_the_way_to_the_pictures(cars):
    (cars / "data" / "testing").mkdir(parents=True)
    for name in ("car", "no car"):
        (cars / name).rename(cars / "data" / "testing" / name)
    (cars / "data" / "testing" / "labels.txt").write_text("by the pictures\n")
    assert names_of(cars) == ("by the pictures",)
    (cars / "data" / "testing" / "labels.txt").rename(cars / "data" / "labels.txt")
    assert names_of(cars) == ("by the pictures",)
    (cars / "class_indices.json").write_text('{"by the model": 0}')
    assert names_of(cars) == ("by the model",)


def test_class_names_outside_the_project_are_not_looked_for(cars):
    (cars.parent / "labels.txt").write_text("of another project\n")
    assert names_of(cars) is None


# ---------------------------------------------------------------------------------- where it is


def folder(place):
    return SourceReference(SourceKind.FOLDER, str(place))


def test_a_folder_is_located(cars):
    assert locate(folder(cars)) == cars.resolve()


def test_a_home_folder_is_located(cars, monkeypatch):
    monkeypatch.setenv("HOME", str(cars.parent))
    assert locate(folder("~/cars")) == cars.resolve()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "Type the path of a folder"),
        ("  ", "Type the path of a folder"),
        ("/no/such/folder", "There is no folder /no/such/folder on the machine"),
        ("~nobody-of-this-name/x", "cannot be read"),
        ("a\0b", "cannot be read"),
        ("/" + "x" * 5000, "cannot be read"),
    ],
)
def test_a_place_that_is_no_folder_is_told(place, said):
    assert said in sentence_of(locate, folder(place))


def test_a_file_in_place_of_a_folder_is_told(cars):
    assert "is a file; type the path of the folder" in sentence_of(
        locate, folder(cars / "model.h5")
    )


@pytest.fixture
def only_shared(monkeypatch, tmp_path):
    """A server whose owner lets people open folders below `shared` and `more`."""
    roots = [tmp_path / "shared", tmp_path / "more"]
    monkeypatch.setenv("GRADCAM_FOLDERS", os.pathsep.join(map(str, roots)))
    settings.cache_clear()
    for root in (*roots, tmp_path / "shared secret"):
        (root / "inner").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("place", ["shared", "shared/inner", "more/inner", "shared/../more"])
def test_folders_below_the_allowed_ones_are_located(only_shared, place):
    assert locate(folder(only_shared / place)) == (only_shared / place).resolve()


@pytest.mark.parametrize(
    "place", ["", "shared secret", "shared secret/inner", "shared/../shared secret", "not there"]
)
def test_no_other_folder_is_opened_nor_told_whether_it_exists(only_shared, place):
    said = sentence_of(locate, folder(only_shared / place))
    assert said == "This server does not open folders there; upload the project."


def test_a_link_out_of_an_allowed_folder_is_not_followed(only_shared):
    (only_shared / "shared" / "link").symlink_to(only_shared / "shared secret")
    assert "does not open folders there" in sentence_of(
        locate, folder(only_shared / "shared" / "link")
    )


def test_an_empty_list_of_folders_allows_none(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADCAM_FOLDERS", "")
    settings.cache_clear()
    assert "does not open folders there" in sentence_of(locate, folder(tmp_path))


def test_an_unknown_demo_is_told():
    reference = SourceReference(SourceKind.DEMO, "../services")
    assert sentence_of(locate, reference) == (
        "There is no demo ../services; the demos are " + ", ".join(DEMOS) + "."
    )


def test_an_upload_lies_in_the_cache():
    kept = settings().cache / "uploads" / ("a" * 32)
    kept.mkdir(parents=True)
    assert locate(SourceReference(SourceKind.UPLOAD, "a" * 32)) == kept


@pytest.mark.parametrize("place", ["b" * 32, "..", "", ".", "../../cache"])
def test_no_other_folder_is_an_upload(place):
    (settings().cache / "uploads" / ("a" * 32)).mkdir(parents=True)
    reference = SourceReference(SourceKind.UPLOAD, place)
    said = sentence_of(locate, reference)
    assert said == "That upload is no longer kept on this server; upload it again."
