import pytest

from services.sources.splits import Split, split_of

TEST = (
    "test Testing TEST Test1 tests seg_test test_images testset TestSet test_set Test-Data "
    "asl_alphabet_test images_test imagesTest X_test holdout hold-out test-multiple_fruits testA"
)
VALIDATION = "val valid Validation val2017 valid_set validation-images eval Evaluation dev dev-set"
TRAINING = "train Training TRAIN trainset train_data seg_train training_set train2017 Train_Images"
NONE = (
    "latest contest Protest invalid evaluate station trained retraining cars detest 0 images '' é"
)


@pytest.mark.parametrize(
    ("names", "split"),
    [
        (TEST, Split.TEST), (VALIDATION, Split.VALIDATION), (TRAINING, Split.TRAINING),
        (NONE, None),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_the_words_of_its_name(names, split):
    assert {name: split_of(name) for name in names.split()} == dict.fromkeys(names.split(), split)
