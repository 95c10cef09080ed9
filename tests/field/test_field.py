"""What goes wrong for people: small projects of others' situations, each with its right answer.

The figures are Keras' own, fed with what the network was trained on; see each folder's README.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from gradcam import GradcamError
from services.opening.opening import Opened, open_source
from services.people.person import NOBODY_ELSE
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import keep_upload

FIELD = Path(__file__).parents[3] / "shared" / "field"
UNIT, RAW, SYMMETRIC = "0..1", "0..255", "-1..1"


@dataclass(frozen=True)
class Right:
    """How many of how many parts are right, the scaling, the task, and words that the facts hold.

    Attributes:
        right: correct ones.
        judged: of how many.
        scaling: that is found; red comes first in all of them.
        task: that is recognised.
        classes: names in the order of the outputs, where the folder is about them.
        layer: the default one, where the folder is about it.
    """

    right: int
    judged: int
    scaling: str
    task: str = "classification"
    classes: tuple[str, ...] = ()
    layer: str = ""


SHAPES = ("circle", "cross")
RIGHT = {
    "attention_pooling": Right(24, 24, RAW, layer="re_lu_17"),
    "class_folder_empty": Right(16, 16, UNIT, classes=("bar", "circle", "square")),
    "class_folder_only_heic": Right(16, 16, UNIT),
    "class_order_class_indices_json": Right(16, 16, UNIT, classes=("cross", "circle")),
    "colour_order_by_chance": Right(21, 24, UNIT),
    "csv_absolute_colab_paths": Right(16, 16, UNIT),
    "csv_excel_unicode_text": Right(16, 16, UNIT),
    "csv_filename_class": Right(16, 16, UNIT),
    "csv_header_capital_space": Right(16, 16, UNIT),
    "csv_label_numbers": Right(16, 16, UNIT, classes=SHAPES),
    "csv_roboflow_one_hot": Right(16, 16, UNIT, classes=SHAPES),
    "csv_semicolon": Right(16, 16, UNIT),
    "csv_test_dot_csv": Right(16, 16, UNIT),
    "csv_windows_backslashes": Right(16, 16, UNIT),
    "exif_sideways_trained_by_keras_loader": Right(16, 16, RAW),
    "imbalanced_test_set": Right(55, 60, UNIT),
    "k2_mobilenet_preprocess_inside": Right(16, 24, RAW),
    "k2_mobilenet_preprocess_inside_keras": Right(24, 24, RAW),
    "k2_random_height_width": Right(15, 24, RAW),
    "k2_resnet_preprocess_inside": Right(24, 24, RAW),
    "k2_slashes_in_layer_names": Right(24, 24, RAW),
    "k3_mobilenet_preprocess_inside_h5": Right(14, 18, RAW),
    "k3_mobilenet_preprocess_inside_keras": Right(14, 18, RAW),
    "labels_txt_comma_numbers": Right(12, 12, UNIT, classes=SHAPES),
    "labels_txt_from_1": Right(12, 12, UNIT, classes=SHAPES),
    "labels_txt_nfc_folders_nfd": Right(16, 16, UNIT),
    "labels_txt_other_case": Right(16, 16, UNIT),
    "labels_txt_python_dict": Right(12, 12, UNIT, classes=SHAPES),
    "labels_txt_underscore": Right(16, 16, UNIT),
    "labels_txt_with_colons": Right(12, 12, UNIT, classes=SHAPES),
    "layout_Training_Testing": Right(16, 16, UNIT, classes=SHAPES),
    "layout_dataset_wrapper": Right(16, 16, UNIT, classes=SHAPES),
    "layout_named_parent": Right(16, 16, UNIT, classes=SHAPES),
    "layout_roboflow_train_valid": Right(16, 16, UNIT, classes=SHAPES),
    "layout_seg_test_seg_test": Right(16, 16, UNIT, classes=SHAPES),
    "model_download_1": Right(12, 12, UNIT),
    "model_h5_capital": Right(12, 12, UNIT),
    "model_in_subfolder_teachable_machine": Right(12, 12, UNIT, classes=SHAPES),
    "model_json_and_weights": Right(12, 12, UNIT),
    "model_keras_renamed_zip": Right(12, 12, UNIT),
    "model_tflite_only": Right(6, 12, UNIT),  # as good as untrained: always the first class
    "model_weights_h5_beside_best_keras": Right(12, 12, UNIT),
    "model_savedmodel_folder": Right(6, 12, UNIT, classes=SHAPES),  # it says circle of all
    # The sixteenth has an empty cell, which says nothing; `-` would say that none is true.
    "multi_label_sigmoid": Right(15, 15, RAW, "multi-label", ("blue", "green", "red")),
    "numeric_folders_numeric_order": Right(60, 60, UNIT, classes=tuple(map(str, range(12)))),
    "one_unit_hard_sigmoid": Right(16, 16, RAW),
    "pictures_jfif": Right(24, 24, UNIT),
    "pictures_without_ending": Right(18, 18, UNIT),
    "png_12_bit_in_16": Right(16, 16, UNIT),
    "scaling_tie": Right(16, 16, UNIT),
    "softmax_layer_as_activation": Right(24, 24, RAW),
    "thousand_classes_two_of_one_name": Right(24, 36, RAW),
    "thousand_classes_unique": Right(24, 36, RAW),
    "tiff_float_0_to_1": Right(16, 16, UNIT),
    "two_backbones_concatenated": Right(24, 24, RAW),
    "two_outputs_class_and_box": Right(12, 12, RAW),
    "upload_zip_with_backslashes": Right(16, 16, UNIT, classes=SHAPES),
    "vit_of_keras_layers": Right(21, 24, RAW),
}
# One sentence, and what it has to name.
REFUSED = {
    "model_pytorch_only": ("best.pt", "PyTorch"),
    "pictures_all_heic": ("HEIC",),
    "two_inputs_image_and_table": ("2 inputs",),
}
ELSEWHERE = {  # have a test of their own below
    "csv_decimal_comma",
    "model_json_and_old_weights_h5",
    "regression_two_values",
    "unlabelled_rescaling_inside",
}


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folders, opened with a cache of their own."""
    if not FIELD.is_dir():
        pytest.skip("../shared/field is not there: others' situations are not tested")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield FIELD
    settings.cache_clear()


def opened_folder(folder: Path) -> Opened:
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def uploaded(folder: Path) -> Opened:
    with (
        (folder / "model.keras").open("rb") as model,
        (folder / "pictures.zip").open("rb") as zipped,
    ):
        return open_source(keep_upload(NOBODY_ELSE, "model.keras", model, zipped))


def test_none_is_forgotten(field: Path) -> None:
    there = {path.name for path in field.iterdir() if path.is_dir()}
    assert there == {*RIGHT, *REFUSED, *ELSEWHERE}


@pytest.mark.parametrize("name", RIGHT)
def test_it_opens_with_the_networks_own_answers(field: Path, name: str) -> None:
    want = RIGHT[name]
    opened = (uploaded if name.startswith("upload") else opened_folder)(field / name)
    project, answers = opened.project, opened.predictions.answers
    correct = answers.correct()
    assert (np.nansum(correct), np.isfinite(correct).sum()) == (want.right, want.judged)
    assert project.medium.chosen["scaling"] == want.scaling
    assert not project.medium.blue_first
    assert project.task.name == want.task
    if want.classes:
        assert project.task.names == want.classes
    if want.layer:
        assert project.network.require_layer().name == want.layer


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_opened_is_named(field: Path, name: str) -> None:
    with pytest.raises(GradcamError) as refused:
        opened_folder(field / name)
    sentence = str(refused.value)
    assert all(word in sentence for word in REFUSED[name]), sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_without_labels_the_networks_first_layer_tells_the_scaling(field: Path) -> None:
    opened = opened_folder(field / "unlabelled_rescaling_inside")
    project, answers = opened.project, opened.predictions.answers
    assert project.medium.chosen["scaling"] == RAW
    said = [answers.said(position) for position in range(len(project.samples))]
    drawn = [sample.path.name.partition("_")[0] for sample in project.samples]
    assert [each.split()[2] for each in said] == drawn  # `? → bar 93 %`


def test_a_description_and_weights_of_keras_2_are_one_network(field: Path) -> None:
    opened = opened_folder(field / "model_json_and_old_weights_h5")  # its network is untrained
    assert len(opened.project.samples) == 12
    assert [layer.name for layer in opened.project.network.layers] == ["conv2d"]
    (model,) = (fact for fact in opened.project.facts if fact.what == "model")
    assert (model.value, model.why) == ("model.json with model.h5", "the only model here")


@pytest.mark.parametrize(
    ("name", "error", "threshold"),
    [("regression_two_values", 0.87, 5.0), ("csv_decimal_comma", None, 9.0)],
)
def test_numbers_are_read(field: Path, name: str, error: float | None, threshold: float) -> None:
    opened = opened_folder(field / name)
    project, answers = opened.project, opened.predictions.answers
    assert (project.task.name, project.medium.chosen["scaling"]) == ("regression", RAW)
    assert project.left_out == ()
    true = np.array([float(sample.label) for sample in project.samples])
    off = np.abs(opened.predictions.outputs[:, 0] - true)
    assert off.max() < threshold  # what correct means here
    assert project.task.threshold == threshold
    assert np.nanmin(answers.correct()) == 1
    if error is not None:
        assert off.mean() == pytest.approx(error, abs=0.02)
