"""Mixtures in files: both forms, and whatever is wrong with them."""

import json
import pickle

import numpy as np
import pytest

from gradcam import NetworkError
from gradcam.anomaly.files import read_scoring, scoring_from

GIVEN = {
    "weights": [0.25, 0.75],
    "means": [[0.0, 1.0], [1.0, 0.0]],
    "covariances": [[[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.5], [0.5, 1.0]]],
    "mean": -2.5,
    "scale": 1.5,
}
EVERYTHING = {**GIVEN, "projection": [[1, 0], [0, 1], [1, 1]], "window": 3, "stride": 1,
              "threshold": 4.5}  # fmt: skip


def as_json(folder, values=GIVEN):
    path = folder / "mixture.json"
    path.write_text(json.dumps(values))
    return path


def as_arrays(folder, values=GIVEN):
    path = folder / "mixture.npz"
    np.savez(path, **values)
    return path


@pytest.mark.parametrize("write", [as_json, as_arrays])
def test_both_forms_are_the_same_mixture(tmp_path, write):
    found = read_scoring(write(tmp_path, EVERYTHING))
    np.testing.assert_array_equal(found.mixture.weights, GIVEN["weights"])
    np.testing.assert_array_equal(found.mixture.means, GIVEN["means"])
    np.testing.assert_array_equal(found.mixture.covariances, GIVEN["covariances"])
    assert (found.mean, found.deviation, found.threshold) == (-2.5, 1.5, 4.5)
    assert (found.window, found.stride, found.channels) == (3, 1, 3)


def test_what_is_not_said_is_as_edge_impulse_has_it(tmp_path):
    found = read_scoring(as_json(tmp_path))
    assert (found.window, found.stride, found.projection, found.threshold) == (4, 2, None, None)
    assert read_scoring(as_json(tmp_path), 2, 1).window == 2
    assert read_scoring(as_json(tmp_path, EVERYTHING), stride=5).stride == 5


def test_edge_impulse_s_lists_of_one_number_are_numbers(tmp_path):
    listed = {**GIVEN, "mean": [-2.5], "scale": [1.5]}
    assert read_scoring(as_json(tmp_path, listed)).deviation == 1.5


@pytest.mark.parametrize("name", ["deviation", "std"])
def test_the_scale_has_other_names_too(name):
    others = {key: value for key, value in GIVEN.items() if key != "scale"}
    assert scoring_from({**others, name: 0.5}, "here").deviation == 0.5


@pytest.mark.parametrize("form", ["npy", "npz", "json"])
def test_a_projection_may_lie_apart(tmp_path, form):
    matrix, path = np.arange(6.0).reshape(3, 2), tmp_path / f"matrix.{form}"
    if form == "npy":
        np.save(path, matrix)
    elif form == "npz":
        np.savez(path, matrix=matrix)
    else:
        path.write_text(json.dumps({"projection": matrix.tolist()}))
    found = read_scoring(as_json(tmp_path), projection=path)
    np.testing.assert_array_equal(found.projection, matrix)


@pytest.mark.parametrize("key", list(GIVEN))
def test_what_is_missing_is_named(key):
    others = {name: value for name, value in GIVEN.items() if name != key}
    with pytest.raises(NetworkError, match=f"here is no mixture: it lacks {key}; it needs"):
        scoring_from(others, "here")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"means": [[1.0], [1.0, 2.0]]}, "means in here are no numbers of one shape"),
        ({"weights": ["a", "b"]}, "weights in here are no numbers"),
        ({"mean": [1.0, 2.0]}, "mean in here must be one number"),
        ({"window": 1.5}, "window in here must be a whole number"),
        ({"window": float("nan")}, "window in here must be a whole number"),
        ({"stride": 0}, "at least 1 cell"),
    ],
)
def test_wrong_values_are_refused_in_a_sentence(change, words):
    with pytest.raises(NetworkError, match=words) as refusal:
        scoring_from({**GIVEN, **change}, "here")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 64, b"{", b"[1, 2]", b"PK\x03\x04 torn", pickle.dumps({"weights": 1}),
     b"[" * 100_000],
)  # fmt: skip
@pytest.mark.parametrize("name", ["mixture.npz", "mixture.json"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NetworkError, match="mixture") as refusal:
        read_scoring(path)
    assert "\n" not in str(refusal.value)


def test_objects_in_arrays_are_never_made(tmp_path):
    path = tmp_path / "mixture.npz"
    np.savez(path, **{**GIVEN, "weights": np.array([{"a": 1}], object)})
    with pytest.raises(NetworkError, match="cannot be read"):
        read_scoring(path)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("gradcam.anomaly.files.MOST_BYTES", 1000)
    path = tmp_path / "mixture.npz"
    np.savez_compressed(path, **{**GIVEN, "means": np.zeros((100, 100))})
    with pytest.raises(NetworkError, match="too large"):
        read_scoring(path)
