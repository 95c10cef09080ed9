import dataclasses

import pytest

from services.edge_impulse.blocks import UsableBlock
from services.edge_impulse.changes import Changes, changes_since
from services.edge_impulse.feeds.pictures import PictureFeed
from services.edge_impulse.model import (
    DspBlock,
    Impulse,
    InputBlock,
    LearnBlock,
    LearnMetadata,
    StudioSample,
)
from services.edge_impulse.shelf import Shelf
from services.sample import LabelledBox


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (Changes(), "Nothing is new in Studio."),
        (Changes(added=1), "New since the last visit: samples: 1 added."),
        (Changes(removed=1234), "New since the last visit: samples: 1,234 removed."),
        (Changes(changed=2), "New since the last visit: samples: 2 with another file."),
        (Changes(relabelled=3), "New since the last visit: samples: 3 with another label."),
        (
            Changes(altered=4),
            "New since the last visit: samples: 4 with other boxes or switched on or off.",
        ),
        (Changes(retrained=True), "New since the last visit: the model was trained again."),
        (Changes(reconfigured=True), "New since the last visit: the impulse was changed."),
        (
            Changes(1, 2, 3, 4, 5, retrained=True, reconfigured=True),
            (
                "New since the last visit: the model was trained again; the impulse was changed; "
                "samples: 1 added, 2 removed, 3 with another file, 4 with another label, "
                "5 with other boxes or switched on or off."
            ),
        ),
    ],
)
def test_what_is_new_is_said_in_one_sentence(changes, sentence):
    assert str(changes) == sentence


def sample(number, identity="", label="car", **rest):
    given = {"labels": (), "stored_as": "", "hash": ""} | rest
    identity = identity or f"picture {number}"
    return StudioSample(number, "", label, identity=identity, **given)


MODEL = LearnMetadata("2026-01-01", ("car",), "classification", "", True)
BLOCK = UsableBlock(
    Impulse(1, "", (), (), ()),
    LearnBlock(7, "keras", "", ()),
    PictureFeed(InputBlock(2, "image", 8, 8, "", "", ""), DspBlock(3, "image", "", 2)),
)
SEEN = [sample(1), sample(2), sample(3)]


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


def since(shelf, samples, block=BLOCK, metadata=MODEL):
    return changes_since(shelf, block, metadata, samples)


def test_the_first_visit_has_no_before(shelf):
    assert since(shelf, SEEN) is None
    assert since(shelf, SEEN) == Changes()


@pytest.mark.parametrize(
    ("samples", "changes"),
    [
        ([*SEEN, sample(4), sample(5)], Changes(added=2)),
        (SEEN[:1], Changes(removed=2)),
        ([*SEEN[:2], sample(3, "another")], Changes(changed=1)),
        ([*SEEN[:2], sample(3, label="no car")], Changes(relabelled=1)),
        ([*SEEN[:2], sample(3, "another", "no car")], Changes(changed=1)),
        ([*SEEN[:2], sample(3, labels=("car", "no car"))], Changes(relabelled=1)),
        ([*SEEN[:2], sample(3, problem="it is disabled in Studio")], Changes(altered=1)),
        ([*SEEN[:2], sample(3, boxes=(LabelledBox("a", 1, 2, 3, 4),))], Changes(altered=1)),
        ([*SEEN[:2], sample(3, label="no car", problem="it is disabled")], Changes(relabelled=1)),
        ([*SEEN[:2], sample(3, metadata={"light": "dim"}, stored_as="x")], Changes()),
        (SEEN[::-1], Changes()),
        ([sample(3), sample(4, "picture 1")], Changes(added=1, removed=2)),
    ],
)
def test_samples_are_compared_with_the_visit_before(shelf, samples, changes):
    since(shelf, SEEN)
    assert since(shelf, samples) == changes
    assert since(shelf, samples) == Changes()


def test_another_model_is_told(shelf):
    since(shelf, SEEN)
    again = dataclasses.replace(MODEL, created="2026-01-02")
    assert since(shelf, SEEN, metadata=again) == Changes(retrained=True)
    assert since(shelf, SEEN, metadata=again) == Changes()


def test_another_impulse_is_told(shelf):
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "squash") is None
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "squash") == Changes()
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "crop") == Changes(reconfigured=True)
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "crop") == Changes()


def test_words_that_changed_with_the_version_tell_nothing_of_the_impulse(shelf):
    changes_since(shelf, BLOCK, MODEL, SEEN, "Manifest(name='Cars', width=96)")
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "name=Cars, width=96") == Changes()


def test_each_learning_block_has_its_own_before(shelf):
    since(shelf, SEEN)
    other = dataclasses.replace(BLOCK, learn=LearnBlock(8, "keras", "", ()))
    assert since(shelf, SEEN, other) is None


@pytest.mark.parametrize("note", [{}, {"samples": []}, {"model": "x"}, {"samples": None}])
def test_a_note_that_says_nothing_is_no_before(shelf, note):
    since(shelf, SEEN)
    (kept,) = shelf.folder.glob("*.json")
    assert since(shelf, SEEN) is not None
    shelf.note(kept.stem, note)
    assert since(shelf, SEEN) is None


def test_notes_of_an_older_version_tell_nothing_of_the_impulse(shelf):
    """They had other words for it: a visit after an update must not call it changed."""
    changes_since(shelf, BLOCK, MODEL, SEEN, "squash")
    name = f"seen-{BLOCK.learn.id}"
    noted = shelf.notes(name)
    shelf.note(name, {"model": noted["model"], "samples": noted["samples"], "impulse": "of old"})
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "squash") == Changes()
    assert changes_since(shelf, BLOCK, MODEL, SEEN, "crop") == Changes(reconfigured=True)
