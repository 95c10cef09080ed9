"""Slow methods, contrasts and directions in an export."""

import re

import numpy as np
import pytest

import gradcam
from gradcam import Target
from services.errors import Cancelled
from services.export import making
from services.export.batches import FEW, explain_batch
from tests.gradcam.methods.quick import METHODS
from tests.services.export.exports import (
    LeavesAt,
    Steps,
    exported,
    manifest_of,
    overlays_of,
    plan_of,
    prints_of,
    report_of,
    rows_of,
)
from tests.services.export.page import Page
from tests.services.export.test_batches import batch_of, read_of
from tests.services.export.test_report import MADE
from tests.services.heatmaps.test_heatmaps import FAST, by

DRAWING = "Explaining and drawing"
PASSES = 51  # of RISE for each picture: itself and fifty masks


def tensors_of(project):
    (read,) = read_of(project, project.samples)
    return np.stack([found.tensor for found in read])


# ------------------------------------------------------------------------------------- a batch


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_has_the_maps_that_the_core_gives(project, method):
    words = FAST.get(method, "")
    batch = batch_of(project, plan_of("fine", METHODS[method], method_settings=words))
    alone = gradcam.explain(
        project.network,
        tensors_of(project),
        "fine",
        None,
        method,
        **METHODS[method].read_settings(words),
    )
    scale = np.abs(alone.maps).max()
    np.testing.assert_allclose(batch.maps, alone.maps, atol=1e-5 * scale)
    np.testing.assert_allclose(batch.outputs, alone.outputs, atol=1e-6)


def test_settings_reach_the_method(project):
    usual = plan_of("fine", METHODS["random-map"])
    plans = (plan_of("fine", METHODS["random-map"], method_settings=f"seed={s}") for s in (0, 1))
    one, other = (batch_of(project, plan) for plan in plans)
    np.testing.assert_array_equal(batch_of(project, usual).maps, one.maps)
    assert np.abs(one.maps - other.maps).max() > 0.1


@pytest.mark.parametrize("method", ["grad-cam", "occlusion"])
def test_a_contrast_is_explained_sample_by_sample(project, method):
    """Half of the samples are red, the others blue; of two classes the second is the other one."""
    plan = plan_of("fine", METHODS[method], method_settings=FAST.get(method, ""), against="second")
    batch = batch_of(project, plan)
    chosen = batch.outputs.argmax(axis=1)
    assert set(chosen) == {0, 1}
    alone = gradcam.explain(
        project.network,
        tensors_of(project),
        "fine",
        [Target.contrast(int(index), 1 - int(index)) for index in chosen],
        method,
        **plan.recipe.settings,
    )
    np.testing.assert_allclose(batch.maps, alone.maps, atol=1e-6)
    plain = batch_of(
        project, plan_of("fine", METHODS[method], method_settings=FAST.get(method, ""))
    )
    assert np.abs(batch.maps - plain.maps).max() > 0.01
    np.testing.assert_allclose(batch.outputs, plain.outputs, atol=1e-6)


def test_a_contrast_by_hand(project):
    """Red minus blue is twice red here, since what speaks for one speaks against the other."""
    red = batch_of(project, plan_of("fine", target="=red")).maps
    both = batch_of(project, plan_of("fine", target="=red", against="=blue")).maps
    np.testing.assert_allclose(both, 2 * red, atol=1e-6)


def test_how_far_a_slow_batch_is_is_told_and_it_can_be_left(project):
    plan = plan_of("fine", METHODS["rise"], method_settings="masks=50")
    (read,) = read_of(project, project.samples[:2])
    told = []
    explain_batch(project, plan, project.samples[:2], read, lambda *passes: told.append(passes))
    assert told == [(32, 100), (50, 100), (82, 100), (100, 100)]

    def leaves(done, _):
        if done > 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        explain_batch(project, plan, project.samples[:2], read, leaves)


# ------------------------------------------------------------------------------------ the whole


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out"


class LeavesInside(Steps):
    """Somebody who leaves when asked for the n-th time whether the work is still wanted."""

    def __init__(self, after):
        super().__init__()
        self.asked, self.after = 0, after

    def advance(self, count=1, volume=0):
        super().advance(count, volume)
        self.asked += count == 0
        if self.asked == self.after:
            self.cancel()


def methods_choices(**rest):
    chosen = by("rise", layer="fine", **rest)
    names = ("method", "method_settings", "layer", "target", "against")
    return {name: getattr(chosen, name) for name in names}


def test_the_manifest_and_the_report_tell_how_it_was_explained(project, output):
    exported(project, output, **methods_choices(target="true", against="second"))
    told = manifest_of(output)["settings"]
    (rows,) = Page(report_of(output))[MADE].tables
    for name, value in (("method", "rise"), ("method_settings", "masks=50"), ("target", "true"),
                        ("against", "second")):  # fmt: skip
        assert told[name] == value
        assert [name.replace("_", " "), value] in rows


def test_a_slow_export_goes_in_small_steps(project, output, monkeypatch):
    monkeypatch.setattr(making, "BATCH_SIZE", 7)
    slow = Steps()
    sizes = []
    monkeypatch.setattr(
        making, "explain_batch", lambda *given: sizes.append(len(given[2])) or explain_batch(*given)
    )
    exported(project, output, progress=slow, **methods_choices())
    assert sizes == [FEW, FEW, 10 - 2 * FEW]
    assert slow.told[0] == (DRAWING, 10, 10)
    sizes.clear()
    exported(project, output.with_name("quick"))
    assert sizes == [7, 3]


@pytest.mark.parametrize(
    "watch", [lambda: LeavesInside(4 * FEW + 1), lambda: LeavesAt(DRAWING, FEW)]
)
def test_who_leaves_goes_on_from_what_is_drawn(project, output, runs, watch):
    """Two batches are explained by then, and what is explained is kept; the last one is begun."""
    with pytest.raises(Cancelled):
        exported(project, output, progress=watch(), **methods_choices())
    assert not (output / "deploy.zip").exists()
    assert sum(runs) < 10 * PASSES
    runs.clear()
    exported(project, output, **methods_choices())
    assert sum(runs) == (10 - 2 * FEW) * PASSES
    runs.clear()
    exported(project, output.with_name("undisturbed"), **methods_choices())
    assert sum(runs) == 10 * PASSES
    assert prints_of(output) == prints_of(output.with_name("undisturbed"))


def test_maps_of_a_slow_method_share_a_scale_too(project, output):
    """The weaker maps are then colder, the strongest is as it was."""
    exported(project, output, shared_scale=True, **methods_choices())
    exported(project, output.with_name("own"), **methods_choices())
    shared, own = overlays_of(output), overlays_of(output.with_name("own"))
    alike = [shared[name].read_bytes() == own[name].read_bytes() for name in own]
    assert 1 <= sum(alike) < 10


def test_a_note_of_a_method_reaches_the_table(project, output):
    exported(project, output, method=METHODS["lime"], method_settings="samples=50")
    notes = [row["note"] for row in rows_of(output)]
    assert all(re.match(r"\d+ segments; (the linear fit|whichever)", note) for note in notes)
