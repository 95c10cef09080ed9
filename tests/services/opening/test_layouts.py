"""Folders as people have them, beside this repository: what the way they are laid out asks for."""

from pathlib import Path

import numpy as np
import pytest

from gradcam import GradcamError
from services.opening.opening import open_source
from services.people.person import NOBODY_ELSE
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import keep_upload

pytestmark = pytest.mark.real
FIELD = Path(__file__).resolve().parents[4] / "shared" / "field"


@pytest.fixture(autouse=True)
def there():
    if not FIELD.is_dir():
        pytest.skip("../shared/field is not there: its folders are not tried")


def opened(name, **picks):
    reference = SourceReference(SourceKind.FOLDER, str(FIELD / name)).picking(**picks)
    return open_source(reference)


def right(project):
    correct = project.predictions.answers.correct()
    return int(np.nansum(correct)), len(correct)


@pytest.mark.parametrize(
    ("name", "classes", "count", "data"),
    [
        ("layout_Training_Testing", ("circle", "cross"), 16, "Testing"),
        ("layout_dataset_wrapper", ("circle", "cross"), 16, "dataset/test"),
        ("layout_named_parent", ("circle", "cross"), 16, "shapes_photos"),
        ("layout_roboflow_train_valid", ("circle", "cross"), 16, "valid"),
        ("layout_seg_test_seg_test", ("circle", "cross"), 16, "seg_test/seg_test"),
        ("class_folder_empty", ("bar", "circle", "square"), 16, "test"),
        ("model_download_1", ("circle", "cross"), 12, "test"),
        ("model_h5_capital", ("circle", "cross"), 12, "test"),
        ("model_in_subfolder_teachable_machine", ("circle", "cross"), 12, "test"),
        ("model_json_and_weights", ("circle", "cross"), 12, "test"),
        ("model_keras_renamed_zip", ("circle", "cross"), 12, "test"),
        ("model_weights_h5_beside_best_keras", ("circle", "cross"), 12, "test"),
    ],
)
def test_a_folder_opens_with_all_its_right_answers(name, classes, count, data):
    project = opened(name)
    assert project.project.task.classes == classes
    assert right(project) == (count, count)
    assert {fact.what: fact.value for fact in project.project.facts}["data"] == data


def test_layers_and_weights_that_nobody_trained_open():
    assert len(opened("model_json_and_old_weights_h5").predictions) == 12


def test_another_split_is_a_choice_away():
    project = opened("layout_seg_test_seg_test", split="seg_train/seg_train")
    assert project.project.samples[0].path.is_relative_to(
        (FIELD / "layout_seg_test_seg_test" / "seg_train").resolve()
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("model_pytorch_only", "only best.pt, a PyTorch model"),
        ("two_inputs_image_and_table", "has 2 inputs; only networks that take one picture are"),
    ],
)
def test_what_cannot_be_opened_is_named_in_one_sentence(name, said):
    with pytest.raises(GradcamError) as caught:
        opened(name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zip_that_windows_packed_opens_as_an_upload():
    folder = FIELD / "upload_zip_with_backslashes"
    with (folder / "model.keras").open("rb") as model, (folder / "pictures.zip").open("rb") as zip_:
        project = open_source(keep_upload(NOBODY_ELSE, "model.keras", model, zip_))
    assert project.project.task.classes == ("circle", "cross")
    assert [project.project.samples[at].label for at in (0, 8)] == ["circle", "cross"]
    assert len(project.predictions) == 16
