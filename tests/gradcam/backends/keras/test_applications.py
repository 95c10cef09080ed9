"""`keras.applications`: every family opens with the outputs of the Keras that wrote it.

One network of most families always, all of them, in every form and format, where `whole` is asked.
"""

import pytest

from tests.gradcam.backends.keras.applications import (
    EQUAL,
    FAMILIES,
    TABLE,
    Form,
    cases,
    compared,
    model_of,
    written,
)

# Of each kind of structure one: plain, residual, depthwise, squeezed, with layers of its own.
FEW = {"VGG16", "ResNet50", "MobileNetV2", "MobileNetV3Small", "EfficientNetB0", "RegNetX002"}
# Keras 2's own HDF5 around the family's own preprocessing is the file that people have most.
SMALL = [
    (family, Form.FUNCTIONAL, "keras_2", ".h5") for name, family in FAMILIES.items() if name in FEW
]
REST = [case for case in cases() if case not in SMALL]


def ids(case):
    family, form, writer, suffix = case
    return f"{family.name}-{form.name.lower()}-{writer}{suffix}"


def assert_opens_equal(tmp_path, family, form, writer, suffix):
    model = model_of(family, form, writer)
    network, apart = compared(family, model, written(model, tmp_path, suffix))
    assert apart <= EQUAL
    assert network.topology.name == family.topology


@pytest.mark.parametrize("case", SMALL, ids=ids)
def test_one_network_of_a_family_opens(tmp_path, case):
    assert_opens_equal(tmp_path, *case)


@pytest.mark.whole
@pytest.mark.parametrize("case", REST, ids=ids)
def test_every_network_opens_however_it_was_built_and_written(tmp_path, case):
    assert_opens_equal(tmp_path, *case)


def test_the_table_in_the_docs_is_of_these_and_has_nothing_in_bold():
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    wanted = {(family.name, writer, form) for family, form, writer, _ in cases()}
    names = {"Keras 2": "keras_2", "Keras 3": "keras_3"}
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]
    assert {(name, names[by], Form(built)) for name, by, built, *_ in cells} <= wanted
    assert not [row for row in rows if "**" in row]
