"""Tables of files and labels, as people's programs write them."""

import json

import pytest

from services.errors import ProjectError
from services.sources.labels.reading import read_samples
from services.sources.tree import read_tree
from tests.services.projects import entry, info_labels, solid

AB = ("a.png", "b.png")


@pytest.fixture
def data(tmp_path):
    """A folder `test` in a project."""
    made = tmp_path / "project" / "test"
    made.mkdir(parents=True)
    return made


def pictures(folder, *names):
    for name in names:
        solid(folder / name)


def read(data):
    return read_samples(read_tree(data), read_tree(data.parent))


def table(data, text, *names, file="labels.csv", encoding="utf-8"):
    """What is read of a folder with some pictures and a table."""
    pictures(data, *names or AB)
    (data / file).write_bytes(text.encode(encoding))
    return read(data)


def labels(labelled):
    return {sample.id: sample.label for sample in labelled.samples}


def reasons(labelled):
    return {left.name: left.reason for left in labelled.left_out}


def sentence_of(data):
    with pytest.raises(ProjectError) as caught:
        read(data)
    return str(caught.value)


# -------------------------------------------------------------------------------- how it is written


def test_a_table_says_file_and_label(data):
    labelled = table(data, 'file,label\na.png,car\n"b, (2).png",no car\n', "a.png", "b, (2).png")
    assert labels(labelled) == {"a.png": "car", "b, (2).png": "no car"}
    assert (labelled.labelled_by, labelled.samples[0].path) == ("labels.csv", data / "a.png")
    assert labelled.why == "2 of 2 rows matched by their path; column label"


@pytest.mark.parametrize(
    "text",
    [
        "file,label\r\na.png,car\r\nb.png,no car\r\n",
        "file;label\na.png;car\nb.png;no car\n",
        "file\tlabel\na.png\tcar\nb.png\tno car\n",
        "file|label\na.png|car\nb.png|no car\n",
        "File, Label\na.png, car\nb.png, no car\n",
        "FILE_NAME,CLASS\na.png,car\nb.png,no car",
        "filename,class\na.png,car\nb.png,no car\n",
        "imagePath,className\na.png,car\nb.png,no car\n",
        "image_id,category\na.png,car\nb.png,no car\n",
        "image,dx\na.png,car\nb.png,no car\n",
        "Path,Whatever it is\na.png,car\nb.png,no car\n",
        "camera,label,file\nleft,car,a.png\nright,no car,b.png\n",
        "label,file\ncar,a.png\nno car,b.png\n",
        ",file,label\n0,a.png,car\n1,b.png,no car\n",  # pandas' running number
        "Width,Height,ClassId,class,Path\n8,8,0,car,a.png\n8,8,1,no car,b.png\n",
        "a.png,car\nb.png,no car\n",  # no heading
        "a.png;car\nb.png;no car\n",
        "a.png car\nb.png no car\n",
        '"a.png","car"\n"b.png","no car"\n',
        "\nfile,label\n\na.png,car\n,,\nb.png,no car\n\n",
        "file,label\na,car\nb,no car\n",  # no ending
        "file,label\na.jpeg,car\nb.jpeg,no car\n",  # they were converted
        "file,label\n./a.png,car\n.//b.png,no car\n",
        "file,label\nA.PNG,car\nB.PNG,no car\n",
        "file,label\n/content/drive/MyDrive/x/a.png,car\n/content/drive/MyDrive/x/b.png,no car\n",
        "file,label\nC:\\Users\\me\\a.png,car\nC:\\Users\\me\\b.png,no car\n",
        "file,label\nimages\\a.png,car\nimages\\b.png,no car\n",
        "file,label\nhttps://host/x/a.png,car\nhttps://host/x/b.png,no car\n",
    ],
)
def test_a_table_is_read_however_it_is_written(data, text):
    labelled = table(data, text)
    assert sorted((sample.path.name, sample.label) for sample in labelled.samples) == [
        ("a.png", "car"),
        ("b.png", "no car"),
    ]
    assert labelled.left_out == ()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_the_letters_of_any_program_are_read(data, encoding):
    text = "file\tlabel\r\nä.png\tÖl\r\nb.png\tmehr Öl\r\n"
    labelled = table(data, text, "ä.png", "b.png", encoding=encoding)
    assert labels(labelled) == {"ä.png": "Öl", "b.png": "mehr Öl"}


@pytest.mark.parametrize("label", ["NaN", "None", "null", "0.5", "-1.5", "1e3"])
def test_a_label_stays_text(data, label):
    assert labels(table(data, f"file,label\na.png,{label}\n"))["a.png"] == label


@pytest.mark.parametrize("row", ["a.png,", "a.png,  ", "a.png"])
def test_an_empty_cell_is_no_label(data, row):
    assert labels(table(data, f"file,label\n{row}\nb.png,car\n"))["a.png"] is None


def test_numbers_with_a_decimal_comma_are_numbers(data):
    labelled = table(data, "file;value\na.png;65,9\nb.png;-7\n")
    assert labels(labelled) == {"a.png": "65.9", "b.png": "-7"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('file,label\na.png,"1,2"\nb.png,"3"\n', "1,2"),  # labels, not a number
        ("file;label\na.png;1,2,3\nb.png;2\n", "1,2,3"),
        ("file;label\na.png;red, blue\nb.png;2,5\n", "red, blue"),
    ],
)
def test_other_commas_stay(data, text, expected):
    assert labels(table(data, text))["a.png"] == expected


@pytest.mark.parametrize(
    ("file", "value"),
    [
        ("labels.json", {"a.png": "car", "b.png": "no car"}),
        (
            "labels.json",
            [{"image": "a.png", "class": "car"}, {"image": "b.png", "class": "no car"}],
        ),
        (
            "_annotations.coco.json",
            {
                "categories": [{"id": 7, "name": "car"}, {"id": 9, "name": "no car"}],
                "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
                "annotations": [
                    {"image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]},
                    {"image_id": 2, "category_id": 9},
                    {"image_id": 1, "category_id": 7},
                ],
            },
        ),
        ("annotations.json", {"a.png": {"label": "car"}, "b.png": {"label": "no car"}}),
        (
            "x.json",
            {
                "info": {},
                "images": [
                    {"file_name": "a.png", "label": "car"},
                    {"file_name": "b.png", "label": "no car"},
                ],
            },
        ),
    ],
)
def test_json_is_a_table_too(data, file, value):
    labelled = table(data, json.dumps(value), file=file)
    assert labels(labelled) == {"a.png": "car", "b.png": "no car"}
    assert labelled.labelled_by == file


def test_several_labels_in_json_are_several(data):
    text = json.dumps({"a.png": ["red", "blue"], "b.png": []})
    labelled = table(data, text, file="labels.json")
    assert labels(labelled) == {"a.png": "red|blue", "b.png": "-"}


def test_one_object_a_line_is_a_table(data):
    lines = '{"file_name": "a.png", "label": "car"}\n{"file_name": "b.png", "label": "no car"}\n'
    labelled = table(data, lines, file="metadata.jsonl")
    assert labels(labelled) == {"a.png": "car", "b.png": "no car"}


def test_a_list_of_files_with_their_classes_is_a_table(data):
    labelled = table(data, "x/a.png 3\nx/b.png no car\n", file="test.txt")
    assert labels(labelled) == {"a.png": "3", "b.png": "no car"}


# -------------------------------------------------------------------------------------- its columns


def test_one_column_a_class_is_read_by_its_1(data):
    labelled = table(data, "filename, cat, dog\na.png, 0, 1\nb.png, 1, 0\n", file="_classes.csv")
    assert labels(labelled) == {"a.png": "dog", "b.png": "cat"}
    assert labelled.why == "2 of 2 rows matched by their path; 2 columns, one a class"
    assert [listed.names for listed in labelled.class_lists] == [("cat", "dog")]


@pytest.mark.parametrize("yes", ["1.0", "True", "TRUE"])
def test_a_1_may_be_written_otherwise(data, yes):
    text = f"image,MEL,NV,split\na.png,{yes},0,test\nb.png,0,{yes},test\n"
    assert labels(table(data, text)) == {"a.png": "MEL", "b.png": "NV"}


def test_more_than_one_1_is_several_labels(data):
    labelled = table(data, "file,red,green,blue\na.png,1,0,1\nb.png,0,0,0\n")
    assert labels(labelled) == {"a.png": "red|blue", "b.png": "-"}


def test_a_row_without_a_1_is_unlabelled_where_the_others_have_one(data):
    labelled = table(data, "file,red,green\na.png,1,0\nb.png,0,0\n")
    assert labels(labelled) == {"a.png": "red", "b.png": None}


def test_one_column_of_0_and_1_is_a_label(data):
    assert labels(table(data, "file,anything\na.png,1\nb.png,0\n")) == {"a.png": "1", "b.png": "0"}


def test_several_columns_are_kept_by_their_headings(data):
    labelled = table(data, "file;steering;throttle\na.png;0,5;1\nb.png;-0,1;0,25\n")
    assert labels(labelled) == {"a.png": "0.5", "b.png": "-0.1"}
    assert [dict(sample.columns) for sample in labelled.samples] == [
        {"steering": "0.5", "throttle": "1"},
        {"steering": "-0.1", "throttle": "0.25"},
    ]


def test_the_label_is_the_column_that_is_called_so_and_comes_first(data):
    labelled = table(data, "file,age,class\na.png,30,car\nb.png,40,no car\n")
    assert labels(labelled) == {"a.png": "car", "b.png": "no car"}
    assert dict(labelled.samples[0].columns) == {"class": "car", "age": "30"}
    assert list(labelled.samples[0].columns) == ["age", "class"]  # as the table has them


def test_the_column_that_project_toml_names_is_the_label(data):
    pictures(data, *AB)
    (data / "labels.csv").write_text("file,class,Eye Color\na.png,1,blue\nb.png,2,green\n")
    labelled = read_samples(read_tree(data), label="eye_color")
    assert labels(labelled) == {"a.png": "blue", "b.png": "green"}
    assert labelled.why == "2 of 2 rows matched by their path; column Eye Color"


def test_a_column_that_is_not_there_is_told(data):
    pictures(data, *AB)
    (data / "labels.csv").write_text("file,class\na.png,1\nb.png,2\n")
    with pytest.raises(ProjectError) as caught:
        read_samples(read_tree(data), label="colour")
    assert str(caught.value) == (
        "project.toml names the column colour for the labels, but the table has file, class."
    )


def test_a_column_that_is_another_name_of_each_row_is_no_label(data):
    text = "file,md5,kind\na.png,x1,car\nb.png,x2,car\nc.png,x3,bus\n"
    labelled = table(data, text, *AB, "c.png")
    assert labels(labelled) == {"a.png": "car", "b.png": "car", "c.png": "bus"}


def test_one_label_has_no_columns(data):
    assert dict(table(data, "file,label\na.png,x\nb.png,y\n").samples[0].columns) == {}


def test_a_column_of_numbers_that_could_be_files_is_no_file(data):
    text = "id,label\n1,2\n2,1\n"
    assert labels(table(data, text, "1.png", "2.png")) == {"1.png": "2", "2.png": "1"}


def test_rows_of_one_file_are_labels_of_one_sample(data):
    text = "filename,class,xmin\na.png,car,1\na.png,car,5\nb.png,car,1\nb.png,bus,5\n"
    labelled = table(data, text, file="_annotations.csv")
    assert labels(labelled) == {"a.png": "car", "b.png": "car|bus"}


# -------------------------------------------------------------------------------- which file it is


def test_the_first_name_that_is_not_there_is_told_with_where_it_was_sought(data):
    labelled = table(data, "file,label\na.png,car\nx/c.png,car\nd.png,car\n")
    assert labels(labelled) == {"a.png": "car"}
    missing = "there is no such file in test and below"
    assert reasons(labelled) == {"x/c.png": missing, "d.png": missing}
    assert labelled.why == (
        "1 of 3 rows matched by their path; column label; samples here that no row names, left "
        f"out: 1; the first that was not matched is x/c.png: {missing}"
    )


def test_the_longest_end_of_a_path_decides(data):
    text = "file,label\nD:\\set\\car\\a.png,car\nD:\\set\\bus\\a.png,bus\n"
    labelled = table(data, text, "car/a.png", "bus/a.png")
    assert labels(labelled) == {"car/a.png": "car", "bus/a.png": "bus"}
    assert "by the end of their path" in labelled.why


def test_a_name_that_two_files_have_is_named(data):
    labelled = table(data, "file,label\na.png,car\nb.png,car\n", "x/a.png", "y/a.png", "b.png")
    assert labels(labelled) == {"b.png": "car"}
    assert reasons(labelled) == {
        "a.png": "2 files are called so: x/a.png and y/a.png; write its folder too"
    }


def test_a_table_may_lie_before_the_folder_of_the_pictures(data):
    pictures(data, *AB)
    (data.parent / "test.csv").write_text("image,label\na.png,car\ntest/b.png,no car\n")
    labelled = read(data)
    assert labels(labelled) == {"a.png": "car", "b.png": "no car"}
    assert labelled.labelled_by == "test.csv"


def test_rows_of_other_folders_are_passed_over(data):
    pictures(data.parent / "train", "a.png", "c.png")
    pictures(data, *AB)
    text = "file,label\n/train/a.png,wrong\n/test/a.png,car\n/test/b.png,car\n/train/c.png,y\n"
    (data.parent / "labels.csv").write_text(text)
    labelled = read(data)
    assert labels(labelled) == {"a.png": "car", "b.png": "car"}
    assert "of other folders, and passed over: 2" in labelled.why
    assert labelled.left_out == ()


def test_of_two_rows_for_one_file_the_one_with_more_of_its_path_counts(data):
    text = "file,label\n/x/train/a.png,wrong\n/x/test/a.png,car\n/x/test/b.png,car\n"
    assert labels(table(data, text)) == {"a.png": "car", "b.png": "car"}


def test_of_a_table_that_tells_the_splits_only_the_test_set_is_taken(data):
    text = "file,label,split\na.png,car,train\nb.png,bus,TEST\nc.png,bus,val\n"
    labelled = table(data, text, *AB, "c.png")
    assert labels(labelled) == {"b.png": "bus"}
    assert labelled.why.endswith("only those of the test split, as it says: 1")


def test_a_column_of_that_name_that_says_something_else_is_no_split(data):
    labelled = table(data, "file,set\na.png,train\nb.png,bus\n")
    assert labels(labelled) == {"a.png": "train", "b.png": "bus"}


def test_a_path_that_leads_out_is_left_out(data):
    labelled = table(data, "file,label\n../x.png,car\na.png,car\n")
    assert (labels(labelled), reasons(labelled)) == (
        {"a.png": "car"},
        {"../x.png": "its path leads out of the folder"},
    )


def test_a_nul_byte_in_a_name_is_one_picture_left_out(data):
    labelled = table(data, "file,label\na\0b.png,car\nb.png,car\n")
    assert labels(labelled) == {"b.png": "car"}


# ------------------------------------------------------------------------------- what comes before


def test_the_label_file_comes_before_the_table(data):
    info_labels(data, [entry("a.png", "by info")])
    assert labels(table(data, "file,label\na.png,by table\n")) == {"a.png": "by info"}


def test_the_table_comes_before_the_folders(data):
    text = "file,label\nby folder/a.png,by table\n"
    assert labels(table(data, text, "by folder/a.png")) == {"by folder/a.png": "by table"}


@pytest.mark.parametrize("file", ["cameras.csv", "annotations.csv"])
def test_class_folders_come_before_a_table_of_another_name(data, file):
    text = "file,class\ncar/a.png,left\nbus/b.png,left\n"
    labelled = table(data, text, "car/a.png", "bus/b.png", file=file)
    assert labels(labelled) == {"bus/b.png": "bus", "car/a.png": "car"}


def test_one_folder_around_all_pictures_does_not_label_them(data):
    text = "file,class\na.png,left\nb.png,right\n"
    labelled = table(data, text, "mine/a.png", "mine/b.png", file="cameras.csv")
    assert labels(labelled) == {"mine/a.png": "left", "mine/b.png": "right"}


def test_a_table_may_lie_in_a_folder_of_its_own(data):
    pictures(data, *AB)
    (data.parent / "annotations").mkdir()
    text = "file,class\na.png,car\nb.png,bus\n"
    (data.parent / "annotations" / "test_annotations.csv").write_text(text)
    assert labels(read(data)) == {"a.png": "car", "b.png": "bus"}


@pytest.mark.parametrize("column", ["predicted", "Pred", "predicted_class", "confidence"])
def test_what_a_network_said_is_no_label(data, column):
    labelled = table(data, f"file,{column}\na.png,car\nb.png,bus\n", file="predictions.csv")
    assert (labels(labelled), labelled.labelled_by) == ({"a.png": None, "b.png": None}, "nothing")


def test_class_folders_come_before_a_table_that_names_none_of_their_pictures(data):
    labelled = table(data, "file,label\nx.png,left\n", "car/a.png", "bus/b.png")
    assert labels(labelled) == {"bus/b.png": "bus", "car/a.png": "car"}
    assert [(fact.value, fact.why) for fact in labelled.facts] == [
        ("labels.csv", "names no sample here and was passed over")
    ]


def test_a_table_that_is_a_list_of_classes_labels_nothing(data):
    labelled = table(data, "ClassId,Name\n0,Stop\n1,Give way\n")
    assert (labels(labelled), labelled.facts) == ({"a.png": None, "b.png": None}, ())


def test_of_two_tables_the_one_that_names_the_pictures_is_taken(data):
    pictures(data, *AB)
    (data / "submission.csv").write_text("id,label\nzzz,1\n")
    (data / "of_all.csv").write_text("id,label\na,1\nb,0\n")
    assert read(data).labelled_by == "of_all.csv"
    (data / "annotations.csv").write_text("id,label\na,1\n")
    assert read(data).labelled_by == "annotations.csv"
    (data / "labels.csv").write_text("id,label\nb,1\n")
    assert read(data).labelled_by == "labels.csv"


# ---------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize("heading", ["one,two", "label", "file"])
def test_missing_columns_are_named(data, heading):
    pictures(data, *AB)
    (data / "labels.csv").write_text(f"{heading}\nx,car\n" if "," in heading else f"{heading}\n")
    assert sentence_of(data) == (
        "labels.csv needs a column with the samples' files, such as file, and one with their "
        f"labels, such as label; its first line is “{heading.replace(',', ', ')}”."
    )


def test_a_table_of_pictures_none_of_which_is_here_is_told(data):
    pictures(data, *AB)
    (data / "labels.csv").write_text("file,label\nx.png,car\ny.png,car\n")
    assert sentence_of(data) == (
        "labels.csv names 2 samples, and none is here; the first is x.png: there is no such file "
        "in test and below."
    )


def test_a_table_that_is_no_text_is_told(data):
    pictures(data, *AB)
    (data / "labels.csv").write_bytes(b"\x89PNG\x81\x8d\x8f\x90")
    assert sentence_of(data) == "labels.csv cannot be read; save it as UTF-8 text."


def test_an_empty_table_is_told(data):
    pictures(data, *AB)
    (data / "labels.csv").write_text("\n")
    assert "labels.csv needs a column with the samples' files" in sentence_of(data)


def test_a_spreadsheet_is_named_with_the_way_out_where_nothing_else_labels(data):
    pictures(data, *AB)
    (data.parent / "labels.xlsx").write_bytes(b"PK")
    (fact,) = read(data).facts
    told = "a spreadsheet is not read; save it as labels.csv beside it"
    assert (fact.what, fact.value, fact.why, fact.warns) == ("labels", "labels.xlsx", told, True)
    pictures(data / "car", "c.png")
    pictures(data / "no car", "d.png")
    assert read(data).facts == ()


def test_what_is_handed_in_to_a_contest_is_no_truth(data):
    labelled = table(data, "file,label\na.png,car\nb.png,car\n", file="sample_submission.csv")
    assert set(labels(labelled).values()) == {None}


@pytest.mark.parametrize("heading", ["file,class_name,class_id", "file,label_name,label"])
def test_names_with_numbers_in_another_column_say_the_order_of_the_classes(data, heading):
    rows = "a.png,zebra,0\nb.png,ant,1\nc.png,ant,1\n"
    labelled = table(data, f"{heading}\n{rows}", *AB, "c.png")
    assert [each.names for each in labelled.class_lists] == [("zebra", "ant")]
    assert set(labels(labelled).values()) in ({"zebra", "ant"}, {"0", "1"})


@pytest.mark.parametrize(
    "rows",
    [
        "a.png,x,0\nb.png,y,1",
        "a.png,x,0\nb.png,y,2\nc.png,y,2",
        "a.png,x,0\nb.png,y,1\nc.png,y,0",
        "a.png,5,0\nb.png,7,1\nc.png,7,1",
    ],
)
def test_other_numbers_say_no_order(data, rows):
    labelled = table(data, f"file,label,number\n{rows}\n", *AB, "c.png")
    assert labelled.class_lists == ()


# ---------------------------------------------------------------------------- what else it says


def metadata(labelled):
    return {sample.id: dict(sample.metadata) for sample in labelled.samples}


def test_other_columns_are_metadata_by_their_headings(data):
    text = "file,label,camera,lux\na.png,car,north,10\nb.png,bus,,250\n"
    assert metadata(table(data, text)) == {
        "a.png": {"camera": "north", "lux": "10"},
        "b.png": {"lux": "250"},
    }


def test_what_a_table_says_beside_one_column_a_class_is_metadata_too(data):
    text = "file,car,bus,width\na.png,1,0,640\nb.png,0,1,480\n"
    assert metadata(table(data, text)) == {"a.png": {"width": "640"}, "b.png": {"width": "480"}}


def test_a_column_without_a_heading_and_a_network_s_answers_are_no_metadata(data):
    assert metadata(table(data, "a.png,car,x\nb.png,bus,y\n")) == {"a.png": {}, "b.png": {}}
    text = "file,label,predicted,confidence\na.png,car,bus,0.9\nb.png,bus,bus,0.8\n"
    assert metadata(table(data, text)) == {"a.png": {}, "b.png": {}}


def test_of_several_rows_of_a_picture_stays_what_they_agree_on(data):
    text = "file,label,x,site\na.png,car,1,p\na.png,bus,7,p\nb.png,car,3,q\n"
    assert metadata(table(data, text)) == {"a.png": {"site": "p"}, "b.png": {"x": "3", "site": "q"}}
