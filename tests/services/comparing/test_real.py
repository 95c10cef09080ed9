"""Real networks side by side: what flips is what their READMEs and answers of their own say."""

from pathlib import Path

import numpy as np
import pytest

from services.comparing.beside import NetworkBeside
from services.comparing.levels import flip_levels
from services.keeping.store import BoundedStore
from services.opening.opening import open_source
from services.predictions import beside
from services.predictions.beside import FILE, Judging, comparison_beside
from services.sources.reference import MODEL, SourceKind, SourceReference
from services.tasks.flips import Flip, flip_of
from services.work.progress import Progress

REAL = Path(__file__).parents[4] / "shared" / "real"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="there is no ../shared/real beside this clone"),
]


@pytest.fixture(autouse=True)
def nothing_beside(monkeypatch, fresh):
    monkeypatch.setattr(beside, "_beside", BoundedStore(8))


def opened(folder, model):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)).picking(**{MODEL: model}))


def compared(here, other):
    word = f"{FILE}:{other}"
    NetworkBeside(here, word).make(Progress())
    return comparison_beside(here.predictions, word, Judging())


def test_keyword_spotting_as_keras_as_float_and_as_int8(tmp_path):
    """Accuracies of its README; sample by sample the answers that lie beside it."""
    folder = tmp_path / "kws"
    folder.mkdir()
    for path in (REAL / "kws_mlperf").iterdir():
        if path.name not in {"README.md", "expected.npz"}:
            (folder / path.name).symlink_to(path)
    (folder / "project.toml").write_text('[features]\nname = "tf-mfcc"\nscale = "peak"\n')
    answers = np.load(REAL / "kws_mlperf" / "expected.npz")
    here = opened(folder, "model.h5")
    classes = list(here.predictions.answers.classes)
    names = [Path(str(path)).parts[-2:] for path in answers["paths"]]
    for other, told, right in (("float32.tflite", "float32", 44), ("int8.tflite", "int8", 42)):
        both = compared(here, other)
        assert (len(both), both.paired.both + both.paired.broken) == (48, 43)
        assert both.paired.both + both.paired.mended == right
        assert (both.whole, both.parts) == (None, None)  # a sound of a second is one window
        first, second = (answers[name].argmax(axis=1) for name in ("probabilities", told))
        for position, flip in zip(both.positions.tolist(), both.flips, strict=True):
            sample = here.predictions.samples[position]
            row, true = names.index(sample.path.parts[-2:]), classes.index(sample.label)
            one, two = int(first[row]), int(second[row])
            expected = flip_of(float(one == true), float(two == true), agrees=one == two)
            assert flip is expected, sample.id


def test_the_balloons_of_the_int8_file_and_its_rebuilt_twin():
    """The class of a cell is equal in .988 of all; nobody labelled a frame, so no object flips."""
    here = opened(REAL / "fomo_balloon", "rebuilt.keras")
    both = compared(here, "trained.tflite")
    assert len(both) == len(here.predictions)
    (level,) = flip_levels(both)
    figures = {figure.name: figure for figure in level.figures}
    assert float(figures["Cells alike"].text.split("\u00a0")[0]) >= 98.0
    assert figures["Cells alike"].note == f"of {144 * len(both):,}"
    assert (both.parts.parts, level.rows, level.paired.count) == ((), (), 0)
    assert not any(both.of(flip).size for flip in (Flip.BROKEN, Flip.MENDED))
