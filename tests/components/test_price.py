"""Slow work says its price beside the button that starts it."""

from tests.components.visiting import on_page, words


def test_rise_says_its_predictions_before_it_starts(numpy_app):
    page = on_page(numpy_app(method="rise", method_settings="masks=2000"), "explain")
    assert [button.label for button in page.button if button.key == "make_maps"]
    assert any(said.startswith("2,000 predictions") for said in words(page))


def test_measuring_and_shuffling_say_theirs(numpy_app):
    said = words(on_page(numpy_app(), "explain"))
    assert any(each.startswith("308 predictions") for each in said)
    assert any(each.startswith("30 runs of the network") for each in said)  # 3 samples, 10 maps
