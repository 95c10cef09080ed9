import pytest

from services.short_names import short_names


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (
            ["Potato___Early_blight", "Potato___Late_blight", "Potato___healthy"],
            ["Early_blight", "Late_blight", "healthy"],
        ),
        (["leaf early blight", "leaf early"], ["early blight", "early"]),
        (["plant/leaf", "plant/stem"], ["leaf", "stem"]),
        (["car", "no car"], ["car", "no car"]),  # nothing in common
        (["carbon", "carrot"], ["carbon", "carrot"]),  # letters are no words
        (["class 1", "class 2"], ["class 1", "class 2"]),  # numbers alone say nothing
        (["leaf_", "leaf_spot"], ["leaf_", "leaf_spot"]),  # never to nothing
        (["leaf_", "leaf_1"], ["leaf_", "leaf_1"]),
        (["not ripe", "not round"], ["not ripe", "not round"]),  # the meaning would turn
        (["is_not_ripe", "is_not_round"], ["is_not_ripe", "is_not_round"]),
        (["knot_a", "knot_b"], ["a", "b"]),
        (["Größe_ä", "Größe_ö"], ["ä", "ö"]),
        (["only one"], ["only one"]),
        ([], []),
    ],
)
def test_words_that_all_begin_with_are_cut(names, short):
    assert short_names(names) == dict(zip(names, short, strict=True))
