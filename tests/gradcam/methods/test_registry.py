"""What is in the folder is registered, and says of itself what pages and commands need."""

import inspect
import pkgutil
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import gradcam
from gradcam import methods
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods import compute_maps, find_method, run_method
from tests.gradcam import networks
from tests.gradcam.methods.planes import captured

HERE = Path(__file__).parent
NO_METHODS = {"method", "perturbation"}
FILES = [
    each.name for each in pkgutil.iter_modules(methods.__path__) if each.name not in NO_METHODS
]


@pytest.fixture(params=gradcam.METHODS.values(), ids=str)
def method(request):
    return request.param


@pytest.mark.parametrize("name", FILES)
def test_each_file_has_one_method_and_its_own_tests(name):
    module = sys.modules[f"gradcam.methods.{name}"]
    own = [
        each
        for each in gradcam.METHODS.values()
        if each.function.__module__ == module.__name__ and each in vars(module).values()
    ]
    assert len(own) == 1
    assert own[0].name.replace("+", "-plus").replace("-", "_") in {name, f"_{name}"}
    assert (HERE / f"test_{name}.py").exists()


def test_every_method_of_the_brief_is_there():
    assert set(gradcam.METHODS) >= {
        "grad-cam", "grad-cam++", "hires-cam", "element-wise", "xgrad-cam", "layer-cam",
        "layer-cam-fused", "eigen-cam", "eigen-grad-cam", "score-cam", "ablation-cam", "occlusion",
        "rise", "lime", "integrated-gradients", "smooth-grad",
        "random-map", "uniform-map", "mean-activation",
    }  # fmt: skip


def test_quick_ones_come_first_then_older_ones_and_the_controls_last():
    order = list(gradcam.Need)
    places = [(m.control, order.index(m.need), m.year) for m in gradcam.METHODS.values()]
    assert places == sorted(places)
    names = list(gradcam.METHODS)
    assert names[:2] == ["grad-cam", "grad-cam++"]
    assert names[-3:] == ["mean-activation", "random-map", "uniform-map"]
    assert names.index("eigen-grad-cam") < names.index("smooth-grad") < names.index("occlusion")


def test_names_and_titles_tell_them_apart():
    assert len({m.title for m in gradcam.METHODS.values()}) == len(gradcam.METHODS)
    assert all(name == m.name == str(m) for name, m in gradcam.METHODS.items())
    assert repr(gradcam.METHODS["lime"]) == "<Method lime>"


def is_a_line(text):
    return text == text.strip() and "\n" not in text and 10 < len(text) <= 200 and text[-1] == "."


def test_each_has_one_line_of_help_and_a_source(method):
    assert is_a_line(method.help), method.help
    assert method.source.startswith(("control", "Gildenblat", "Edge Impulse")) or any(
        kind in method.source for kind in ("arXiv:", "doi:10.")
    )
    assert method.control == (method.source == "control")


def test_the_function_takes_the_parameters_with_the_same_defaults(method):
    _, *keywords = inspect.signature(method.function).parameters.values()
    assert {each.name: each.default for each in keywords} == {
        parameter.name: parameter.default for parameter in method.parameters
    }
    for parameter in method.parameters:
        assert is_a_line(parameter.help), parameter.help
        assert parameter.checked(parameter.default) == parameter.default


def test_the_docstring_says_what_it_does(method):
    lines = inspect.getdoc(method.function).splitlines()
    assert lines[0].endswith(".") or lines[0].startswith(method.title.split(",")[0])
    documented = inspect.getdoc(method.function)
    for parameter in method.parameters:
        assert f"    {parameter.name}: " in documented


def test_adding_a_method_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "corner_map.py").write_text(
        "import numpy as np\n"
        "from gradcam.methods.method import Method, Need\n"
        "def corner_map(capture):\n"
        "    return capture.activations[..., :1, :1, 0]\n"
        "CORNER_MAP = Method('corner-map', 'Corner', 'The corner.', 'none', 2018, Need.CAPTURE,\n"
        "    frozenset(), corner_map)\n"
    )
    monkeypatch.setattr(methods, "__path__", [*methods.__path__, str(tmp_path)])
    monkeypatch.setitem(sys.modules, "gradcam.methods.corner_map", None)
    del sys.modules["gradcam.methods.corner_map"]
    found = methods._registered()
    assert set(found) == {*gradcam.METHODS, "corner-map"}
    names = list(found)
    assert names.index("grad-cam++") < names.index("corner-map") < names.index("hires-cam")  # 2018
    np.testing.assert_array_equal(compute_maps(captured(), found["corner-map"]), [[[1.0]]])
    del methods.corner_map


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        gradcam.METHODS["mine"] = gradcam.GRAD_CAM


# ---------------------------------------------------------------------------- asking for one


def test_a_method_is_found_by_its_name_or_is_one_already(method):
    assert find_method(method.name) is method
    assert find_method(method) is method


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(gradcam.GradcamError, match=r"no method 'magic'; there are grad-cam, "):
        find_method("magic")


@pytest.mark.parametrize("pooling", list(gradcam.Pooling))
def test_maps_of_a_capture_are_the_method_s_own(pooling):
    found = compute_maps(captured(), "grad-cam", pooling=pooling)
    expected = gradcam.GRAD_CAM.function(captured(), pooling)
    np.testing.assert_array_equal(found, expected)
    assert found.flags["C_CONTIGUOUS"]


def test_a_method_that_needs_more_than_a_capture_says_what():
    refusal = (
        r"^RISE needs many predictions of changed inputs; use `gradcam\.explain`\.$",
        r"^SmoothGrad needs further runs with gradients; use `gradcam\.explain`\.$",
    )
    for name, words in zip(("rise", "smooth-grad"), refusal, strict=True):
        with pytest.raises(gradcam.GradcamError, match=words):
            compute_maps(captured(), name)


def test_a_probe_serves_methods_of_one_capture_too(flat_network, batch):
    probe = gradcam.Probe(flat_network, batch, "first", gradcam.Target.for_class(2))
    found = run_method(probe, "grad-cam", pooling="sum_abs")
    expected = compute_maps(probe.capture(), "grad-cam", pooling="sum_abs")
    np.testing.assert_array_equal(found.maps, expected)
    assert found.notes == ("",) * len(batch)


@pytest.mark.parametrize("name", ["grad-cam", "rise"])
def test_an_unknown_setting_is_refused_with_those_there_are(name, flat_network, batch):
    probe = gradcam.Probe(flat_network, batch)
    has = {"grad-cam": "pooling", "rise": "scale, fill, masks, cells, shown, seed"}[name]
    with pytest.raises(gradcam.GradcamError, match=rf"has no setting 'gamma'; it has {has}\."):
        run_method(probe, name, gamma=2)


def test_a_method_made_for_a_relu_says_so_where_activations_are_negative():
    """Two pictures: the second has one negative activation."""
    activations = np.ones((2, 2, 2, 3), np.float32)
    activations[1, 0, 1, 2] = -0.5
    capture = gradcam.Capture(activations, activations, np.zeros((2, 1), np.float32))
    for name in ("grad-cam++", "layer-cam", "xgrad-cam", "score-cam"):
        method = gradcam.METHODS[name]
        said, told = method.notes(capture)
        assert said == ""
        assert told.startswith(f"{method.title} is made for activations that are never negative")
    for name in ("grad-cam", "hires-cam", "eigen-cam"):
        assert gradcam.METHODS[name].notes(capture) == ("", "")


def test_the_note_comes_with_the_map(flat_network, batch):
    layer = flat_network.default_layer.name  # after its ReLU
    assert gradcam.explain(flat_network, batch, layer, method="layer-cam").notes == ("",) * 4
    linear = KerasNetwork(networks.flat_before_pooling(keras), "linear.h5")
    for name in ("layer-cam", "score-cam"):
        notes = gradcam.explain(linear, batch, method=name).notes
        assert all("never negative" in note for note in notes)
    assert gradcam.explain(linear, batch, method="hires-cam").notes == ("",) * 4


def test_maps_are_float32_and_in_c_order_whatever_a_method_gives(flat_network, batch):
    turned = np.arange(24.0).reshape(4, 3, 2).transpose(0, 2, 1)  # float64, and not in C order
    quick = gradcam.Method(
        "q", "Q", "", "", 2000, gradcam.Need.CAPTURE, frozenset(), lambda capture: turned
    )
    slow = gradcam.Method(
        "s", "S", "", "", 2000, gradcam.Need.PASSES, frozenset(),
        lambda probe: gradcam.Findings(turned, ("a", "b", "c", "d")),
    )  # fmt: skip
    found = [gradcam.explain(flat_network, batch, method=method) for method in (quick, slow)]
    for each in found:
        np.testing.assert_array_equal(each.maps, turned)
        assert each.maps.dtype == np.float32
        assert each.maps.flags["C_CONTIGUOUS"]
    assert found[1].notes == ("a", "b", "c", "d")
