import pytest

from components.tiles.initials import initials


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["Ann Baker"], "AB"),
        (["ann.baker@example.org"], "AB"),
        (["Ann Maria van Baker", "Ben"], "AB B"),
        (["Ann", "Ben", "Chloé", "Dan"], "A B +2"),
        (["élodie"], "É"),
        (["@"], "?"),
    ],
)
def test_people_in_as_little_room_as_a_tile_has(names, shown):
    assert initials(names) == shown
