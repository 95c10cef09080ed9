import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import ProjectError
from services.sample import LabelledBox
from services.settings import settings as server
from services.sources.labels.labelled import LabelledSet
from services.sources.labels.reading import read_samples
from services.sources.tree import read_tree
from tests.services.projects import entry, info_labels, solid


def labels(found):
    return {sample.id: sample.label for sample in found.samples}


def reasons(found):
    return {left.name: left.reason for left in found.left_out}


def sentence_of(data):
    with pytest.raises(ProjectError) as caught:
        read_samples(read_tree(data))
    return str(caught.value)


# ---------------------------------------------------------------------------------- info.labels


def test_the_label_file_says_the_labels_and_the_name_of_a_picture_nothing(tmp_path):
    info_labels(tmp_path, [entry("436.jpg.516.ingestion-76965.jpg", "cars")])
    found = read_samples(read_tree(tmp_path))
    assert labels(found) == {"436.jpg.516.ingestion-76965.jpg": "cars"}
    assert found.labelled_by == "info.labels"
    assert found.samples[0].path == tmp_path / "436.jpg.516.ingestion-76965.jpg"


@pytest.mark.parametrize("label", ["0.5", "-1.5", "NaN", "true", "007", " spaced ", "Chó sủa"])
def test_a_label_stays_the_text_it_is(tmp_path, label):
    info_labels(tmp_path, [entry("a.jpg", label)])
    assert read_samples(read_tree(tmp_path)).samples[0].label == label


def test_the_form_of_very_large_exports_is_read(tmp_path):
    items = [entry("testing/a (1).jpg", "car"), entry("testing/ü.jpg", "no car")]
    rows = [json.dumps({"__key": "files", "__item": item}, ensure_ascii=False) for item in items]
    text = "\n".join(['{"__ndjson":true,"version":1}', *rows]) + "\n"
    (tmp_path / "info.labels").write_text(text, encoding="utf-8")
    assert labels(read_samples(read_tree(tmp_path))) == {
        "testing/a (1).jpg": "car",
        "testing/ü.jpg": "no car",
    }


@pytest.mark.parametrize("separator", ["\u2028", "\u0085"])
def test_only_a_line_feed_ends_a_line_of_that_form(tmp_path, separator):
    row = {"__key": "files", "__item": entry("a.jpg", f"one{separator}label")}
    text = '{"__ndjson":true,"version":1}\n' + json.dumps(row, ensure_ascii=False) + "\n"
    (tmp_path / "info.labels").write_text(text, encoding="utf-8")
    assert labels(read_samples(read_tree(tmp_path))) == {"a.jpg": f"one{separator}label"}


def test_other_rows_of_that_form_are_passed_over(tmp_path):
    rows = [
        {"__key": "attachments", "__item": {"path": "b.jpg"}},
        {"__key": "files", "__item": entry("a.jpg", "car")},
    ]
    text = "\n".join(['{"__ndjson":true,', *map(json.dumps, rows), "]}"])
    (tmp_path / "info.labels").write_text(text, encoding="utf-8")
    assert labels(read_samples(read_tree(tmp_path))) == {"a.jpg": "car"}


def test_of_a_whole_export_only_the_test_set_is_taken(tmp_path):
    info_labels(
        tmp_path,
        [
            entry("testing/a.jpg", "car"),
            entry("training/b.jpg", "car", category="training"),
            entry("c.jpg", "car", category="validation"),
            entry("d.jpg", "car", category="post-processing"),
        ],
    )
    found = read_samples(read_tree(tmp_path))
    assert labels(found) == {"testing/a.jpg": "car"}
    assert found.samples[0].path == tmp_path / "testing" / "a.jpg"
    assert found.left_out == ()


def test_name_version_and_boxes_may_be_missing(tmp_path):
    text = json.dumps({"files": [{"path": "a.jpg", "label": {"type": "label", "label": "x"}}]})
    (tmp_path / "info.labels").write_text(text)
    sample = read_samples(read_tree(tmp_path)).samples[0]
    assert (sample.id, sample.label, sample.boxes, dict(sample.metadata)) == ("a.jpg", "x", (), {})


def test_a_byte_order_mark_is_no_fault(tmp_path):
    text = json.dumps({"files": [entry("a.jpg", "car")]})
    (tmp_path / "info.labels").write_text(text, encoding="utf-8-sig")
    assert labels(read_samples(read_tree(tmp_path))) == {"a.jpg": "car"}


def test_an_unlabelled_sample_stays_without_a_label(tmp_path):
    info_labels(tmp_path, [{**entry("a.jpg", ""), "label": {"type": "unlabeled"}}])
    assert labels(read_samples(read_tree(tmp_path))) == {"a.jpg": None}


def multi(*names):
    items = [{"startIndex": i, "endIndex": i + 1, "label": n} for i, n in enumerate(names)]
    return {"type": "multi-label", "labels": items}


def test_several_labels_that_agree_are_one(tmp_path):
    info_labels(tmp_path, [{**entry("a.jpg", ""), "label": multi("car", "car")}])
    assert labels(read_samples(read_tree(tmp_path))) == {"a.jpg": "car"}


def test_several_labels_stay_several(tmp_path):
    info_labels(tmp_path, [{**entry("a.jpg", ""), "label": multi("red", "blue", "red")}])
    info_labels_read = read_samples(read_tree(tmp_path))
    assert labels(info_labels_read) == {"a.jpg": "red|blue"}


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ({"type": "keyvalue-labels", "labels": {"k": "v"}}, "of a kind that is unknown here"),
        ({"type": "label"}, "of a kind that is unknown here"),
        (None, "of a kind that is unknown here"),
        (["car"], "of a kind that is unknown here"),
    ],
)
def test_a_label_that_is_not_one_name_leaves_only_its_own_picture_out(tmp_path, label, why):
    info_labels(tmp_path, [{**entry("a.jpg", ""), "label": label}, entry("b.jpg", "car")])
    found = read_samples(read_tree(tmp_path))
    assert labels(found) == {"b.jpg": "car"}
    assert list(reasons(found)) == ["a.jpg"]
    assert why in reasons(found)["a.jpg"]


def test_boxes_are_kept_in_pixels(tmp_path):
    box = {"label": "wheel", "x": 3, "y": 4.5, "width": 10, "height": 20, "addedByHand": True}
    info_labels(tmp_path, [entry("a.jpg", "car", boundingBoxes=[box])])
    assert read_samples(read_tree(tmp_path)).samples[0].boxes == (
        LabelledBox("wheel", 3, 4.5, 10, 20),
    )


@pytest.mark.parametrize(
    "broken", [{"label": "x", "x": 1}, {"x": "wide", "y": 0, "width": 1, "height": 1}, "x", 3, None]
)
def test_a_broken_box_loses_neither_the_picture_nor_its_other_boxes(tmp_path, broken):
    good = {"label": "wheel", "x": 1, "y": 2, "width": 3, "height": 4}
    info_labels(tmp_path, [entry("a.jpg", "car", boundingBoxes=[broken, good])])
    assert read_samples(read_tree(tmp_path)).samples[0].boxes == (LabelledBox("wheel", 1, 2, 3, 4),)


def test_metadata_is_kept_as_text(tmp_path):
    info_labels(tmp_path, [entry("a.jpg", "car", metadata={"camera": "left", "take": 3})])
    assert dict(read_samples(read_tree(tmp_path)).samples[0].metadata) == {
        "camera": "left",
        "take": "3",
    }


@pytest.mark.parametrize(
    "name",
    [
        "Ache.Ache (17).JPG.4mf.ingestion-7955.jpg",
        "No Snore.Chó sủa 1.jpg",
        "0.5.x.jpg",
        "a#b?c%d.jpg",
        "..dots.jpg",
    ],
)
def test_a_name_may_hold_anything_that_a_file_name_may(tmp_path, name):
    info_labels(tmp_path, [entry(name, "car")])
    sample = read_samples(read_tree(tmp_path)).samples[0]
    assert (sample.id, sample.path) == (name, tmp_path / name)


@pytest.mark.parametrize("name", ["../../x.jpg", "/etc/passwd", "testing/../../x.jpg"])
def test_a_path_that_leads_out_of_the_folder_is_left_out(tmp_path, name):
    info_labels(tmp_path / "data", [entry(name, "car"), entry("a.jpg", "car")])
    found = read_samples(read_tree(tmp_path / "data"))
    assert labels(found) == {"a.jpg": "car"}
    assert reasons(found) == {name: "its path leads out of the folder"}


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        ("", {"link.png": "its path leads out of the folder"}),
        ("data", {"link.png": "its path leads out of the folder"}),
        ("pool", {}),
        (None, {}),
    ],
)
def test_a_link_out_of_the_folder_is_followed_to_what_may_be_opened(
    tmp_path, monkeypatch, shared, said
):
    outside = solid(tmp_path / "pool" / "outside.png")
    info_labels(tmp_path / "data", [entry("link.png", "car"), entry("a.jpg", "car")])
    (tmp_path / "data" / "link.png").symlink_to(outside)
    if shared is not None:
        monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path / shared) if shared else "")
        server.cache_clear()
    assert reasons(read_samples(read_tree(tmp_path / "data"))) == said


def test_no_name_leads_out_of_the_folder_by_a_link(tmp_path):
    solid(tmp_path / "secret.png")
    info_labels(tmp_path / "data", [entry("up/../secret.png", "car"), entry("a.jpg", "car")])
    (tmp_path / "pool" / "inner").mkdir(parents=True)
    (tmp_path / "data" / "up").symlink_to(tmp_path / "pool" / "inner")
    assert "up/../secret.png" not in labels(read_samples(read_tree(tmp_path / "data")))


@pytest.mark.parametrize("path", [None, "", 7])
def test_an_entry_without_a_path_is_left_out(tmp_path, path):
    info_labels(tmp_path, [entry(path, "car"), entry("a.jpg", "car")])
    found = read_samples(read_tree(tmp_path))
    assert labels(found) == {"a.jpg": "car"}
    assert reasons(found) == {"(no name)": "its entry in info.labels has no path"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 1}',
        '{"files": 3}',
        '{"files": {"a.jpg": "car"}}',
        '{"__ndjson":true,\n{"__key":"files","__item":{"path": ',
        '{"__ndjson":true,\n3',
        "[" * 100_000,
    ],
)
def test_a_broken_label_file_is_told_in_one_sentence(tmp_path, text):
    (tmp_path / "info.labels").write_text(text)
    sentence = sentence_of(tmp_path)
    assert sentence.startswith("info.labels cannot be read: ")
    assert "\n" not in sentence


def test_bytes_that_are_no_text_are_told_in_the_same_sentence(tmp_path):
    (tmp_path / "info.labels").write_bytes(b"\xff\xfe\x00garbage")
    assert sentence_of(tmp_path).startswith("info.labels cannot be read: ")


def test_an_export_without_a_test_set_is_told(tmp_path):
    info_labels(tmp_path, [entry("training/a.jpg", "car", category="training")])
    assert "There is no sample to test with" in sentence_of(tmp_path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
KEYS = ("path", "category", "label", "metadata", "boundingBoxes")


@settings(max_examples=200)
@given(wrong=st.dictionaries(st.sampled_from(KEYS), json_values, min_size=1))
def test_no_entry_however_wrong_loses_the_others(tmp_path_factory, wrong):
    data = tmp_path_factory.mktemp("data")
    info_labels(data, [{**entry("a.jpg", "x"), **wrong}, entry("good.jpg", "car")])
    found = read_samples(read_tree(data))
    assert isinstance(found, LabelledSet)
    assert labels(found)["good.jpg"] == "car"


# ---------------------------------------------------------------------------------- class folders


def test_a_class_is_the_folder_a_picture_lies_in(tmp_path):
    for name in ("no car/b.PNG", "car/0.5.x.png", "car/inner/deep/c.png"):
        solid(tmp_path / name)
    found = read_samples(read_tree(tmp_path))
    assert labels(found) == {
        "car/0.5.x.png": "car",
        "car/inner/deep/c.png": "car",
        "no car/b.PNG": "no car",
    }
    assert found.labelled_by == "class folders"
    assert [sample.id for sample in found.samples] == sorted(labels(found))


@pytest.mark.parametrize(
    "hidden", ["__MACOSX/car/._a.png", "__MACOSX/a.png", "car/._a.png", ".git/a.png", "car/.a.png"]
)
def test_what_a_system_left_behind_is_no_picture(tmp_path, hidden):
    solid(tmp_path / "car" / "a.png")
    solid(tmp_path / hidden)
    assert labels(read_samples(read_tree(tmp_path))) == {"car/a.png": "car"}


def test_files_that_are_no_pictures_and_folders_named_like_pictures_are_passed_over(tmp_path):
    solid(tmp_path / "car" / "a.png")
    (tmp_path / "car" / "notes.txt").write_text("x")
    (tmp_path / "car" / "folder.png").mkdir()
    assert labels(read_samples(read_tree(tmp_path))) == {"car/a.png": "car"}


def test_pictures_beside_each_other_carry_no_label(tmp_path):
    solid(tmp_path / "car.a.png")
    found = read_samples(read_tree(tmp_path))
    assert (labels(found), found.labelled_by) == ({"car.a.png": None}, "nothing")


def test_a_folder_without_a_picture_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    assert sentence_of(tmp_path).startswith(f"There is no sample to test with in {tmp_path.name};")


def test_a_file_name_that_is_no_text_is_left_out(tmp_path):
    solid(tmp_path / "car" / "a.png")
    odd = solid(tmp_path / "car" / "b.png")
    odd.rename(odd.with_name(os.fsdecode(b"caf\xe9.png")))
    assert labels(read_samples(read_tree(tmp_path))) == {"car/a.png": "car"}
