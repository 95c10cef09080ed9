"""Names of overlays: the samples' own, safe on every system, no two alike."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.export import naming
from services.export.naming import LONGEST, overlay_names

UNSAFE = '<>:"/\\|?*'
RESERVED = ["con", "PRN", "aux", "NUL", "com1", "COM9", "lpt1", "Lpt5"]


def named(*ids):
    return list(overlay_names(ids).values())


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("street.0001.jpg", "street.0001.jpg"),
        ("a.JPEG", "a.jpg"),
        ("a.png", "a.jpg"),
        ("a.tiff", "a.jpg"),
        ("a.webp", "a.jpg"),
        ("436.jpg.516mqcnl.ingestion-76965bc958-kjphv.jpg",
         "436.jpg.516mqcnl.ingestion-76965bc958-kjphv.jpg"),
        ("cars/436.png", "436.jpg"),
        ("0.5", "0.5.jpg"),
        ("-1.5.png", "-1.5.jpg"),
        ("no ending", "no ending.jpg"),
        ("Ache (17).png", "Ache (17).jpg"),
        ("Chó sủa 1.png", "Chó sủa 1.jpg"),
        ("写真.png", "写真.jpg"),
        (".hidden.png", "hidden.jpg"),
        ("trailing. .png", "trailing.jpg"),
        ("  spaces  .png", "spaces.jpg"),
        ("...", "sample.jpg"),
        ("", "sample.jpg"),
        (".png", "sample.jpg"),
        ("a/..", "sample.jpg"),
        ("png", "png.jpg"),
        ("a.png.txt", "a.png.txt.jpg"),
    ],
)  # fmt: skip
def test_an_overlay_is_called_as_its_sample(identity, name):
    assert named(identity) == [name]


@pytest.mark.parametrize("character", [*UNSAFE.replace("/", ""), "\0", "\n", "\t", "\x1f", "\x7f"])
def test_a_character_that_some_system_refuses_is_replaced(character):
    assert named(f"a{character}b.png") == ["a_b.jpg"]


@pytest.mark.parametrize("word", RESERVED)
def test_a_name_that_windows_reserves_is_told_apart(word):
    assert named(f"{word}.png") == [f"_{word}.jpg"]
    assert named(f"{word}.x.png") == [f"_{word}.x.jpg"]
    assert named(f"{word}2x.png") == [f"{word}2x.jpg"]


def test_two_that_would_be_the_same_get_a_number():
    assert named("a/x.jpg", "b/x.jpg", "c/x.png", "x") == [
        "x.jpg", "x (2).jpg", "x (3).jpg", "x (4).jpg",
    ]  # fmt: skip


def test_a_number_that_another_sample_bears_is_passed_over():
    assert named("x (2).jpg", "a/x.jpg", "b/x.jpg", "c/x (2).jpg") == [
        "x (2).jpg", "x.jpg", "x (3).jpg", "x (2) (2).jpg",
    ]  # fmt: skip


def test_names_that_differ_only_in_case_are_the_same():
    assert named("A/IMG.JPG", "b/img.jpg", "Straße.png", "STRASSE.png") == [
        "IMG.jpg", "img (2).jpg", "Straße.jpg", "STRASSE (2).jpg",
    ]  # fmt: skip


def test_names_that_differ_only_in_their_normal_form_are_the_same():
    """As they are to macOS, when somebody unpacks the zip there."""
    one, other = (unicodedata.normalize(form, "a/\u00e9.png") for form in ("NFC", "NFD"))
    first, second = named(one, f"b/{other}")
    assert unicodedata.normalize("NFC", first) == "\u00e9.jpg"
    assert unicodedata.normalize("NFC", second) == "\u00e9 (2).jpg"


def test_a_very_long_name_is_cut_and_stays_unique():
    first, second = named("x" * 300 + "1.png", "x" * 300 + "2.png")
    assert first == "x" * LONGEST + ".jpg"
    assert second == "x" * LONGEST + " (2).jpg"


def test_a_cut_leaves_no_half_character():
    (name,) = named("é" * 200 + ".png")
    assert name == "é" * (LONGEST // 2) + ".jpg"
    (name,) = named("x" + "é" * 200 + ".png")
    assert name == "x" + "é" * (LONGEST // 2 - 1) + ".jpg"


def test_every_sample_has_a_name_and_names_keep_the_order():
    ids = ["c/x.png", "a/x.png", "b/x.png"]
    assert list(overlay_names(iter(ids))) == ids
    assert overlay_names(ids) == overlay_names(ids)
    assert overlay_names([]) == {}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.lists(TEXT | st.sampled_from(["x.png", "X.PNG", "a/x.jpg", "x (2)", "con", "."])))
def test_any_names_are_safe_and_unique(ids):
    names = overlay_names(ids)
    assert list(names) == list(dict.fromkeys(ids))
    assert len({name.casefold() for name in names.values()}) == len(names)
    for name in names.values():
        assert not set(name) & {*UNSAFE, *map(chr, range(32))}
        assert len(name.encode()) <= 255
        assert name.endswith(".jpg")
        assert name[0] not in " ."
        assert name.removesuffix(".jpg").partition(".")[0].casefold() not in RESERVED


def test_work_grows_with_the_number_of_names_however_many_are_alike(monkeypatch):
    compared = []
    original = naming._alike
    monkeypatch.setattr(naming, "_alike", lambda name: compared.append(name) or original(name))

    def comparisons(count):
        compared.clear()
        names = overlay_names(f"{number}/img.jpg" for number in range(count))
        assert names[f"{count - 1}/img.jpg"] == f"img ({count}).jpg"
        return len(compared)

    # Sixteen times as many; 256 times if each name began to count anew.
    assert comparisons(4800) < 17 * comparisons(300)


def test_the_alphabet_is_kept():
    plain = f"{string.ascii_letters}{string.digits} _-+,;=@()[]{{}}!#$%&'~^."
    assert named(f"a{plain}a.png") == [f"a{plain}a.jpg"]
