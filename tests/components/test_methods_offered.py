"""What is offered on the pages for a network that cannot be asked everything."""

from gradcam.abilities import Ability
from tests.components.visiting import on_page, words
from tests.gradcam.backends.numpy_network import NumpyNetwork, limited_to
from tests.gradcam.backends.rounded_network import RoundedNetwork
from tests.gradcam.methods.quick import METHODS

FIT = ["Eigen-CAM", "Occlusion", "LIME", "RISE", "Score-CAM"]


def test_explain_offers_what_fits_and_says_why_the_rest_does_not(numpy_app):
    page = on_page(numpy_app(limited_to(Ability.ACTIVATIONS)), "explain")
    offered = page.get_by_key("method")
    assert offered.value in {METHODS["eigen-cam"], "Eigen-CAM"}
    assert [each for each in offered.options if "control" not in each] == FIT
    (why,) = [each for each in page.expander if "not fit this network" in each.label]
    assert why.label == f"{len(METHODS) - len(offered.options)} methods do not fit this network"
    assert (
        "- Grad-CAM needs gradients with respect to a layer, which model.numpy does not give."
        in why.markdown[0].value.replace("\\", "")
    )
    assert not page.warning


def test_a_scan_says_why_it_cannot_be_made(numpy_app):
    page = on_page(numpy_app(limited_to(Ability.ACTIVATIONS)), "scan")
    assert [each.value.replace("\\", "") for each in page.info] == [
        "Grad-CAM needs gradients with respect to a layer, which model.numpy does not give."
    ]
    assert "make_scan" not in {button.key for button in page.button}


def test_of_a_network_that_can_do_all_every_method_is_offered(numpy_app):
    page = on_page(numpy_app(NumpyNetwork), "explain")
    assert page.get_by_key("method").options == [each.title for each in METHODS.values()]
    assert not [each for each in page.expander if "not fit this network" in each.label]
    assert not page.warning


def test_the_network_page_says_what_nobody_knows(numpy_app):
    page = on_page(numpy_app(NumpyNetwork), "network")
    (parameters,) = [each for each in page.metric if each.label == "Parameters"]
    assert (parameters.value, parameters.delta) == (
        "525", "trainable: not known",
    )  # fmt: skip
    assert "The file holds" not in "".join(words(page))


def test_the_network_page_says_what_the_file_holds_and_how_it_is_rounded(numpy_app):
    page = on_page(numpy_app(RoundedNetwork), "network")
    assert (
        "The file holds weights int8, activations int8; whole numbers are rounded as on a phone or "
        "PC."
    ) in [each.replace("\\", "") for each in words(page)]
