import pytest

from services.errors import ProjectError
from services.sources.data import find_data, splits_in
from services.sources.labels.reading import read_samples
from services.sources.splits import Split
from services.sources.tree import read_tree
from tests.services.projects import entry, info_labels, solid


def tree(folder, *places):
    """A tree with a picture in each place, and files that are none where a place has an ending."""
    for place in places:
        if place.endswith("/"):
            (folder / place).mkdir(parents=True)
        elif "." in place.rsplit("/")[-1]:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).touch()
        else:
            solid(folder / place / "1.png")
    return read_tree(folder)


def ways(project):
    return [each.name for each in find_data(project)]


def labels(data):
    return {sample.id: sample.label for sample in read_samples(data.folder).samples}


def best(project):
    """Where the samples are, and their labels."""
    taken = find_data(project)[0]
    return taken.name, set(labels(taken).values())


# ---------------------------------------------------------------------------------------- splits


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("Training/a Training/b Testing/a Testing/b", "Testing Training"),
        ("train/a train/b valid/a valid/b", "valid train"),
        ("train/a train/b val/a val/b test/a test/b", "test val train"),
        ("seg_train/seg_train/a seg_test/seg_test/a seg_test/seg_test/b seg_pred/seg_pred",
         "seg_test/seg_test seg_train/seg_train"),
        ("dataset/test/a dataset/test/b dataset/train/a", "dataset/test dataset/train"),
        ("archive/data/Test/a archive/data/Test/b archive/data/Train/a archive/data/Train/b",
         "archive/data/Test archive/data/Train"),
        ("training_set/training_set/a test_set/test_set/a test_set/test_set/b",
         "test_set/test_set training_set/training_set"),
        ("train/images/a test/images/a test/images/b train/images/b",
         "test/images train/images"),
        ("x/test/a x/test/b x/x/test/a x/x/test/b x/train/a", "x/test x/x/test x/train"),
        ("fruits/Test/a fruits/Test/b fruits/Training/a fruits/test-multiple_fruits",
         "fruits/Test fruits/test-multiple_fruits fruits/Training"),
        ("train_test_split/train/a train_test_split/test/a train_test_split/test/b",
         "train_test_split/test train_test_split/train"),
        ("eval/a eval/b train/a", "eval train"),
        ("test/a test/b", "test"),
        ("test", "test"),
        ("train test", "test train"),
    ],
)  # fmt: skip
def test_splits_are_found_and_the_test_split_comes_first(tmp_path, places, expected):
    assert ways(tree(tmp_path, *places.split())) == expected.split()


def test_each_split_is_told(tmp_path):
    project = tree(tmp_path, "Test/a", "Test/b", "dev/a", "train/a")
    assert [each.split for each in find_data(project)] == list(Split)


def test_splits_are_no_classes_and_their_folders_are(tmp_path):
    project = tree(tmp_path, "train/cat", "train/dog", "test/cat", "test/dog")
    assert best(project) == ("test", {"cat", "dog"})


def test_a_split_with_labels_comes_before_one_without(tmp_path):
    project = tree(tmp_path, "plants/plants/train/a", "plants/plants/valid/a", "test/test")
    assert ways(project) == ["plants/plants/valid", "test/test", "plants/plants/train"]


def test_a_test_set_without_labels_comes_before_what_the_network_learned(tmp_path):
    project = tree(tmp_path, "asl_train/asl_train/A", "asl_train/asl_train/B", "asl_test/asl_test")
    assert ways(project) == ["asl_test/asl_test", "asl_train/asl_train"]


@pytest.mark.parametrize("table", ["labels.csv", "_classes.csv", "annotations.tsv"])
def test_a_table_labels_a_split(tmp_path, table):
    project = tree(tmp_path, "train/a", "valid/a", "test", f"test/{table}")
    assert ways(project) == ["test", "valid", "train"]


def test_a_table_of_each_split_beside_them_does_not_hide_them(tmp_path):
    project = tree(tmp_path, "Train/0", "Train/1", "Test", "Train.csv", "Test.csv")
    (tmp_path / "Test.csv").write_text("Width,ClassId,Path\n8,1,Test/1.png\n")
    assert ways(project) == ["Test", "Train"]
    (sample,) = read_samples(find_data(project)[0].folder, project).samples
    assert (sample.label, sample.path.name) == ("1", "1.png")


def test_a_list_of_classes_called_like_a_table_does_not_hide_splits(tmp_path):
    project = tree(tmp_path, "train/a", "train/b", "test/a", "test/b", "labels.csv")
    (tmp_path / "labels.csv").write_text("index,label\n0,a\n1,b\n")
    assert ways(project) == ["test", "train"]


def test_other_pictures_beside_splits_are_no_part_of_them(tmp_path):
    project = tree(tmp_path, "test/cat", "test/dog", "docs", "gradcam-output/overlays/correct")
    assert best(project) == ("test", {"cat", "dog"})


def test_splits_within_each_class_folder(tmp_path):
    project = tree(tmp_path, "cat/train", "cat/test", "dog/train", "dog/test", "owl/train")
    assert ways(project) == ["*/test", "*/train"]
    assert labels(find_data(project)[0]) == {"cat/test/1.png": "cat", "dog/test/1.png": "dog"}


# -------------------------------------------------------------- classes that are called like splits


@pytest.mark.parametrize(
    ("places", "classes"),
    [
        ("test control", {"test", "control"}),
        ("val cat dog", {"val", "cat", "dog"}),
        ("valid invalid", {"valid", "invalid"}),
        ("train car bus", {"train", "car", "bus"}),
        ("dataset/test/train dataset/test/bus dataset/train/train dataset/train/bus",
         {"train", "bus"}),
        ("test/valid test/invalid train/valid train/invalid", {"valid", "invalid"}),
    ],
)  # fmt: skip
def test_classes_may_be_called_like_splits(tmp_path, places, classes):
    assert best(tree(tmp_path, *places.split()))[1] == classes


def test_a_split_beside_class_folders_of_training(tmp_path):
    project = tree(tmp_path, "cat", "dog", "val/cat", "val/dog")
    assert best(project) == ("val", {"cat", "dog"})


@pytest.mark.parametrize("beside", ["docs", "images", "seg_pred", "results", "Predictions"])
def test_a_test_set_without_folders_stays_one_beside_what_is_no_class(tmp_path, beside):
    assert best(tree(tmp_path, "test", beside)) == ("test", {None})


# -------------------------------------------------------------------------------- folders around


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("a b", "."),
        ("shapes_photos/a shapes_photos/b", "shapes_photos"),
        ("PetImages/PetImages/a PetImages/PetImages/b", "PetImages/PetImages"),
        ("data/a data/b docs", "data"),
        ("Images/a Images/b other", "Images"),
        ("images", "images"),
        ("dataset/images", "dataset/images"),
        ("only", "."),
        ("cat/young cat/old dog", "."),
    ],
)
def test_folders_that_are_only_around_are_passed_through(tmp_path, places, expected):
    assert ways(tree(tmp_path, *places.split())) == [expected]


def test_a_picture_beside_a_folder_of_classes_does_not_hide_them(tmp_path):
    solid(tmp_path / "example.png")
    assert best(tree(tmp_path, "photos_of_pets/cat", "photos_of_pets/dog"))[1] == {"cat", "dog"}


def test_a_picture_beside_one_class_folder_leaves_it_a_class(tmp_path):
    solid(tmp_path / "example.png")
    assert best(tree(tmp_path, "cat"))[1] == {"cat", None}


def test_a_project_without_a_picture_is_told(tmp_path):
    with pytest.raises(ProjectError, match=r"^There is no picture or sound in .*; put"):
        find_data(tree(tmp_path, "test/a/", "notes.txt"))


# ------------------------------------------------------------------------ tables and exports


def test_a_table_beside_images_speaks_of_all_below(tmp_path):
    assert ways(tree(tmp_path, "images", "labels.csv")) == ["."]
    assert ways(tree(tmp_path, "train/a", "test/a", "labels.csv")) == ["."]


@pytest.mark.parametrize("place", ["dataset", "a/b/my-export", "testing", "export/testing"])
def test_an_export_is_found_by_its_label_file_wherever_it_lies(tmp_path, place):
    project = tree(tmp_path, f"{place}/testing", "docs", "pictures/x", "pictures/y")
    info_labels(tmp_path / place, [entry("testing/1.png", "car")])
    assert ways(read_tree(project.path)) == [place]


def test_of_an_export_in_two_parts_the_test_part_is_taken(tmp_path):
    tree(tmp_path, "export/training", "export/testing")
    for part in ("training", "testing"):
        info_labels(tmp_path / "export" / part, [entry("1.png", "car", category=part)])
    assert ways(read_tree(tmp_path)) == ["export/testing"]


def test_the_label_file_around_comes_before_its_copies_inside(tmp_path):
    tree(tmp_path, "export/testing")
    info_labels(tmp_path / "export", [entry("testing/1.png", "car")])
    info_labels(tmp_path / "export" / "testing", [entry("1.png", "another")])
    assert best(read_tree(tmp_path)) == ("export", {"car"})


# ------------------------------------------------------------------------------ named by a person


def test_a_folder_that_a_person_named_is_taken_at_its_word(tmp_path):
    assert splits_in(tree(tmp_path, "cat/young", "cat/old")) == ()


def test_splits_in_a_folder_that_a_person_named_are_splits(tmp_path):
    splits = splits_in(tree(tmp_path, "Train/a", "Train/b", "Test/a", "Test/b"))
    assert [each.name for each in splits] == ["Test", "Train"]
