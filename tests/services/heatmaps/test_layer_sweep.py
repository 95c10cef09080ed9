"""A sample in every layer: made once in the background, drawn from there."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam import METHODS, Normalization, truth
from services.choices.recipe import Recipe
from services.heatmaps import checks as truths
from services.heatmaps import heatmaps as heatmaps_module
from services.heatmaps import layer_sweep as module
from services.heatmaps.heatmaps import heatmaps, tensors
from services.heatmaps.layer_sweep import Sweep, sweep_table
from services.keeping.store import BoundedStore
from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import by, flat, predictions
from tests.waiting import PATIENCE

__all__ = ["flat", "predictions"]  # fixtures


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(module, "_cells", BoundedStore(10**8, lambda _: 1))
    monkeypatch.setattr(truths, "_checks", BoundedStore(512))


def made(predictions, positions, recipe):
    sweep = Sweep(predictions, positions, recipe)
    job = had(sweep)
    assert job.error is None
    assert sweep.missing == 0
    return sweep


def test_every_layer_has_the_map_and_the_check_of_explain(predictions):
    recipe = Recipe(target="=b")
    layers = predictions.project.network.layers
    assert Sweep(predictions, (0, 2), recipe).missing == 2 * len(layers)
    sweep = made(predictions, (0, 2), recipe)
    for layer in layers:
        for position in (0, 2):
            own = replace(recipe, layer=layer.name)
            (expected,) = heatmaps(predictions, [position], own)
            cell = sweep.cell(layer, position)
            np.testing.assert_allclose(cell.heatmap.raw, expected.raw, rtol=1e-4, atol=1e-9)
            np.testing.assert_allclose(cell.heatmap.heat, expected.heat, rtol=1e-4, atol=1e-6)
            assert (cell.heatmap.target, cell.heatmap.reason) == (expected.target, expected.reason)
            probe = gradcam.Probe(
                predictions.project.network, tensors(predictions, [position]), layer.name,
                expected.target,
            )  # fmt: skip
            assert cell.check == truth.quick(probe, 0, cell.heatmap.raw)


@pytest.mark.parametrize(
    "change",
    [
        {"percentile": 95.0, "shared_scale": True},
        {"layer": "first"},
        {"percentile": 95.0},
        {"normalization": Normalization.SIMPLE},
        {"shared_scale": True},
    ],
    ids=str,
)
def test_what_only_draws_makes_nothing_anew(predictions, change):
    made(predictions, (1,), Recipe())
    again = Sweep(predictions, (1,), replace(Recipe(), **change))
    assert again.missing == 0
    drawn = 0
    for layer in again.layers:
        own = replace(again.recipe, layer=layer.name)
        (expected,) = heatmaps(predictions, [1], own)
        found = again.cell(layer, 1).heatmap
        np.testing.assert_allclose(found.heat, expected.heat, rtol=1e-4, atol=1e-6)
        assert found.scale == pytest.approx(expected.scale)
        drawn += found.scale > 0
    assert drawn


def test_another_target_method_or_sample_is_made_anew(predictions):
    before = made(predictions, (1,), Recipe(target="=a"))
    count = len(before.layers)
    for recipe in (Recipe(target="=b"), Recipe(target="=a", method=METHODS["layer-cam"])):
        other = Sweep(predictions, (1,), recipe)
        assert (other.missing, other.digest != before.digest) == (count, True)
    two = Sweep(predictions, (1, 3), before.recipe)
    assert (two.missing, two.digest != before.digest) == (count, True)


def test_a_layer_that_cannot_be_explained_says_why_and_the_others_go_on(predictions, monkeypatch):
    original = module.capture_layers

    def without_first(network, batch, layers, targets):
        found = original(network, batch, layers, targets)
        return {name: each for name, each in found.items() if name != "first"}

    def refusing(predictions, positions, recipe, progress):
        assert recipe.layer == "first"  # the others came from one run
        raise gradcam.NetworkError("It does not lead to the output.")

    monkeypatch.setattr(module, "capture_layers", without_first)
    monkeypatch.setattr(module, "heatmaps", refusing)
    sweep = made(predictions, (0,), Recipe())
    first = predictions.project.network.layer("first")
    assert sweep.cell(first, 0) == module.SweepCell(None, None, "It does not lead to the output.")
    assert sweep.cell(predictions.project.network.layer("last"), 0).heatmap is not None


def test_layers_that_do_not_fit_into_memory_together_run_one_after_another(
    predictions, monkeypatch
):
    runs = []
    original = module.capture_layers

    def counting(network, batch, layers, targets):
        runs.append(layers)
        return original(network, batch, layers, targets)

    monkeypatch.setattr(module, "capture_layers", counting)
    made(predictions, (0,), Recipe())
    names = [layer.name for layer in predictions.project.network.layers]
    assert runs == [names]
    monkeypatch.setattr(module, "RUN_BYTES", 1)
    made(predictions, (1,), Recipe())
    assert runs[1:] == [[name] for name in names]


def test_a_method_of_many_runs_is_made_layer_by_layer(predictions):
    recipe = Recipe(method=METHODS["score-cam"])
    sweep = made(predictions, (0,), recipe)
    layer = predictions.project.network.layer("first")
    (expected,) = heatmaps(predictions, [0], replace(recipe, layer="first"))
    np.testing.assert_array_equal(sweep.cell(layer, 0).heatmap.raw, expected.raw)


def test_a_person_sees_how_far_it_is_and_can_leave(predictions, monkeypatch):
    reached = []
    original = module.Progress.reach

    def leaving(progress, done, total):
        reached.append((done, total))
        if done == 1:
            progress.cancel()
        original(progress, done, total)

    monkeypatch.setattr(module.Progress, "reach", leaving)
    sweep = Sweep(predictions, (0,), Recipe())
    job = had(sweep)
    assert job.cancelled
    count = len(sweep.layers)
    assert reached == [(0, count), (1, count)]
    assert sweep.missing == count - 1


def test_a_person_can_leave_in_the_middle_of_a_slow_map(predictions, monkeypatch):
    asked, passes = Sweep(predictions, (0,), by("rise")), []
    workshop = OneProcess()

    def explained(*given, tell, **settings):
        for done in range(5):
            passes.append(done)
            if done == 2:
                workshop.leave(workshop.under_way(asked), Asker("ann"))
            tell(done, 5)

    monkeypatch.setattr(heatmaps_module, "explain", explained)
    job = workshop.ask(asked, Asker("ann"))
    assert job.wait(PATIENCE)
    assert job.cancelled
    assert passes == [0, 1, 2]


def test_the_table_names_every_layer_with_its_figures(predictions):
    sweep = made(predictions, (0, 2), Recipe())
    best = sweep.layers[0].name
    rows = list(csv.DictReader(io.StringIO(sweep_table(sweep, best))))
    assert len(rows) == 2 * len(sweep.layers)
    for row, (layer, position) in zip(
        rows, [(layer, p) for layer in sweep.layers for p in (0, 2)], strict=True
    ):
        check = sweep.cell(layer, position).check
        assert row["layer"] == layer.name
        assert row["sample"] == predictions.samples[position].id
        assert [int(row[side]) for side in ("height", "width", "channels", "parameters")] == [
            layer.height, layer.width, layer.channels, layer.parameters,
        ]  # fmt: skip
        assert (int(row["receptive_rows"]), int(row["receptive_columns"])) == layer.receptive_field
        assert float(row["whole"]) == check.whole
        assert float(row["random_fifth_hidden"]) == check.by_chance
        assert float(row["margin"]) == check.margin
        assert row["verdict"] == check.outcome.value
        assert int(row["recommended"]) == (layer.name == best)
