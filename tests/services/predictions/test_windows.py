"""Whole files of windows: judged as the page of a sound judges them, and compared."""

from dataclasses import replace

import numpy as np
import pytest

from services.comparing.levels import flip_levels
from services.predictions.comparison import network_comparison
from services.predictions.windows import whole_files, windows_of
from services.sample import Window
from services.tasks.flips import Flip
from tests.services.projects import said

RED, BLUE, FAINT = [0.1, 0.9], [0.9, 0.1], [0.45, 0.55]
# Three sounds of three windows each, and one of a single one.
FILES = {"a.wav": 3, "b.wav": 3, "c.wav": 3, "d.wav": 1}


@pytest.fixture(autouse=True)
def cache(fresh):
    """Digests of files are kept in a folder of their own."""


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def heard(network, folder, outputs, labels=None):
    """Predictions of every window; `labels` are of a window each, red unless told."""
    ids, paths, windows = [], [], []
    for name, count in FILES.items():
        for number in range(count):
            ids.append(f"{name}@{number:.3f}s" if count > 1 else name)
            paths.append(folder / name)
            windows.append(Window(number, number + 1, number, count) if count > 1 else None)
    labels = labels or ["red"] * len(ids)
    answers = list(zip(ids, labels, strict=True))
    told = said(network, answers, classes=("blue", "red"), outputs=outputs, paths=paths)
    both = zip(told.samples, windows, strict=True)
    return replace(told, samples=tuple(replace(s, window=window) for s, window in both))


#       a: red by its mean   b: blue         c: red       d
HERE = [RED, RED, BLUE, BLUE, BLUE, FAINT, RED, RED, RED, RED]
#        a breaks             b is mended    two windows flip, the sound does not
THERE = [FAINT, BLUE, BLUE, RED, RED, BLUE, RED, BLUE, RED, RED]


def test_a_file_is_judged_by_the_mean_of_its_windows(blue_or_red, folder):
    told = heard(blue_or_red, folder, HERE)
    whole = whole_files(told)
    assert [sample.id for sample in whole.predictions.samples] == list(FILES)
    assert whole.predictions.correct().tolist() == [1, 0, 1, 1]
    assert whole.windows == ((0, 1, 2), (3, 4, 5), (6, 7, 8), (9,))
    np.testing.assert_allclose(whole.predictions.outputs[0], [1.1 / 3, 1.9 / 3], rtol=1e-6)
    for file, own in enumerate(whole.windows[:3]):
        page = windows_of(told, own[1])
        assert page.positions == own
        assert page.whole.said(0) == whole.predictions.answers.said(file)
        assert page.whole.verdict(0) == whole.predictions.answers.verdict(file)
    assert windows_of(told, 9) is None


def test_windows_of_several_labels_leave_a_file_unlabelled(blue_or_red, folder):
    labels = ["red", "blue", "red", *["red"] * 7]
    whole = whole_files(heard(blue_or_red, folder, HERE, labels))
    assert whole.predictions.samples[0].label is None
    assert np.isnan(whole.predictions.correct()[0])


def test_whole_sounds_flip_by_themselves(blue_or_red, folder):
    here, there = (heard(blue_or_red, folder, outputs) for outputs in (HERE, THERE))
    both = network_comparison(here, there)
    assert (both.paired.broken, both.paired.mended) == (3, 2)  # windows
    files = both.whole.files
    assert files.flips == (Flip.BROKEN, Flip.MENDED, Flip.KEPT, Flip.KEPT)
    assert both.whole.samples_of(Flip.BROKEN) == [0, 1, 2]
    assert both.whole.samples_of(Flip.MENDED) == [3, 4, 5]
    assert [row["sample"] for row in files.rows()] == ["a.wav", "b.wav"]
    (level,) = flip_levels(both)
    assert level.name == "Whole pictures"  # whose medium these are
    assert [figure.text for figure in level.figures[2:]] == ["1", "1"]
    assert [each.count for each in level.in_samples] == [
        "broken, 3 windows",
        "mended, 3 windows",
    ]


def test_other_windows_of_the_same_files_are_compared_by_file(blue_or_red, folder):
    here = heard(blue_or_red, folder, HERE)
    other = replace(here, digests=tuple(f"{digest} cut otherwise" for digest in here.digests))
    both = network_comparison(here, other)
    assert len(both) == 0
    assert both.whole.files.flips == (Flip.KEPT,) * 4


def test_samples_that_are_no_windows_have_no_other_level(blue_or_red):
    told = said(blue_or_red, [("a", "red")], classes=("blue", "red"), outputs=[RED])
    assert whole_files(told) is None
    assert network_comparison(told, told).whole is None
    assert flip_levels(network_comparison(told, told)) == ()
