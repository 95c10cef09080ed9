"""What chance alone flips, counted by hand on three networks of the same samples."""

import numpy as np
import pytest

from services.comparing.record import record_of
from services.comparing.seeds import BesideSeeds
from services.predictions.comparison import network_comparison
from services.predictions.moved_heat import Heats
from tests.services.projects import said

RIGHT, WRONG = [0.1, 0.9], [0.8, 0.2]  # of a sample that is red


def network_of(network, rights, names=None):
    """Answers of samples that are all red; 1 for a right one."""
    names = names or [f"{place:03}" for place in range(len(rights))]
    outputs = [RIGHT if right else WRONG for right in rights]
    return said(network, [(n, "red") for n in names], classes=("blue", "red"), outputs=outputs)


def beside(network, here, there, seed, heats=None):
    own = network_of(network, here)
    both, seeds = (network_comparison(own, network_of(network, each)) for each in (there, seed))
    return BesideSeeds(both, seeds, heats)


def test_more_than_chance(blue_or_red):
    # 12 flips beside the other network alone, one beside either, none beside the seed alone.
    found = beside(blue_or_red, [1] * 20, [0] * 13 + [1] * 7, [0] + [1] * 19)
    flips = found.flips
    assert (flips.both, flips.broken, flips.mended, flips.neither) == (1, 12, 0, 7)
    assert flips.p_value == pytest.approx(2 * 0.5**12)
    assert found.said == (
        "Of 20 verdicts the other network flips 13, another seed 1 (McNemar's exact test of these "
        "two, p = 0.00049): more than chance alone flips."
    )
    assert found.rows()[:2] == [
        {"": "broken", "beside the other network": "13 (65.0\u00a0%)",
         "beside another seed": "1 (5.0\u00a0%)"},
        {"": "mended", "beside the other network": "0 (0.0\u00a0%)",
         "beside another seed": "0 (0.0\u00a0%)"},
    ]  # fmt: skip


def test_fewer_than_chance(blue_or_red):
    found = beside(blue_or_red, [1] * 20, [1] * 20, [0] * 11 + [1] * 9)
    assert found.said.endswith("p = 0.00098): fewer than chance alone flips.")


def test_no_more_than_chance(blue_or_red):
    # Six here and six there: as a fair coin gives.
    found = beside(blue_or_red, [1] * 20, [0] * 6 + [1] * 14, [1] * 14 + [0] * 6)
    assert (found.flips.broken, found.flips.mended) == (6, 6)
    assert found.said.endswith("p = 1): no more than chance alone flips.")


def test_too_few_to_tell(blue_or_red):
    found = beside(blue_or_red, [1, 1, 0], [0, 1, 1], [1, 0, 0])
    assert found.said == (
        "Of 3 verdicts the other network flips 2, another seed 1: too few apart to tell whether "
        "that is more than chance."
    )
    assert beside(blue_or_red, [1], [1], [1]).said == (
        "Of 1 verdicts the other network flips 0, another seed 0."
    )


def test_samples_that_the_seed_does_not_know_are_in_no_test(blue_or_red):
    own = network_of(blue_or_red, [1, 1])
    both = network_comparison(own, network_of(blue_or_red, [0, 0]))
    seeds = network_comparison(own, network_of(blue_or_red, [1], ["001"]))
    flips = BesideSeeds(both, seeds).flips
    assert (flips.count, flips.broken) == (1, 1)


def test_heat_stands_in_the_table_and_in_the_manifest(blue_or_red):
    moved = Heats(np.float32([0.2, np.nan, 0.4]), np.float32([0.5, np.nan, 1.0]))
    none = Heats(np.full(3, np.nan, np.float32), np.full(3, np.nan, np.float32))
    found = beside(blue_or_red, [1, 1, 0], [0, 1, 1], [1, 0, 0], (none, moved))
    assert [tuple(row.values()) for row in found.rows()[-2:]] == [
        ("heat that moved", "–", "30.0\u00a0%"), ("correlation of heatmaps", "–", "0.75"),
    ]  # fmt: skip
    record = record_of(found.both, none, (), found)
    assert record.seeds.rows == tuple(found.rows())
    told = record.told["baseline"]
    assert (told["broken"], told["mended"], told["labelled"]) == (1, 0, 3)
    assert told["heat_moved_median"] == pytest.approx(0.3)
    assert (told["flipped_beside_other_alone"], told["flipped_beside_seed_alone"]) == (2, 1)
    assert "baseline" not in record_of(found.both, none, ()).told
    assert record.digest != record_of(found.both, none, ()).digest
