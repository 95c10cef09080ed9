"""What a person sets, read and checked."""

import re

import numpy as np
import pytest

import gradcam
from gradcam.methods.method import Parameter

COUNT = Parameter("masks", 100, "How many.", 50, 8000)
SHARE = Parameter("noise", 0.15, "How much.", 0.01, 0.5)
WORD = Parameter("fill", "mean", "With what.", options=("mean", "blur", "zero"))


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        (COUNT, 50, 50),
        (COUNT, 8000, 8000),
        (COUNT, "200", 200),
        (COUNT, 200.0, 200),
        (COUNT, np.int64(200), 200),
        (SHARE, 0.01, 0.01),
        (SHARE, 0.5, 0.5),
        (SHARE, "0.25", 0.25),
        (WORD, "blur", "blur"),
        (WORD, gradcam.Baseline.ZERO, "zero"),
    ],
)
def test_a_value_is_read_as_the_parameter_s_type(parameter, value, expected):
    read = parameter.checked(value)
    assert read == expected
    assert type(read) is type(parameter.default)


@pytest.mark.parametrize("value", [49, 8001, -1, 200.5, np.float32(200.5), "many", "2.5", None, []])
def test_a_number_that_is_none_or_out_of_bounds_is_refused(value):
    said = re.escape(f"masks is a whole number from 50 to 8000, not {value!r}.")
    with pytest.raises(gradcam.GradcamError, match=f"^{said}$"):
        COUNT.checked(value)


@pytest.mark.parametrize("value", [0.0, 0.51, float("nan"), float("inf"), "", "inf", "nan"])
def test_a_share_out_of_bounds_is_refused(value):
    said = re.escape(f"noise is a number from 0.01 to 0.5, not {value!r}.")
    with pytest.raises(gradcam.GradcamError, match=f"^{said}$"):
        SHARE.checked(value)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_an_endless_whole_number_is_refused(value):
    with pytest.raises(gradcam.GradcamError, match="a whole number from 50 to 8000"):
        COUNT.checked(value)


@pytest.mark.parametrize("value", ["Mean", "grey", "", None, 3])
def test_another_word_is_refused(value):
    said = re.escape(f"fill is mean or blur or zero, not {value!r}.")
    with pytest.raises(gradcam.GradcamError, match=f"^{said}$"):
        WORD.checked(value)


def test_settings_are_those_given_and_the_defaults_of_the_others():
    rise = gradcam.METHODS["rise"]
    assert rise.settings({"masks": "60", "fill": "blur"}) == {
        "scale": "score", "fill": "blur", "masks": 60, "cells": 7, "shown": 0.5, "seed": 0,
    }  # fmt: skip


def test_a_setting_the_method_does_not_have_is_refused():
    with pytest.raises(
        gradcam.GradcamError, match=r"^HiResCAM has no setting 'pooling'; it has none"
    ):
        gradcam.METHODS["hires-cam"].settings({"pooling": "mean"})


# ------------------------------------------------------------------------------- as a line


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", {}),
        (" ", {}),
        ("masks=60", {"masks": 60}),
        ("masks=60,shown=0.25", {"masks": 60, "shown": 0.25}),
        (" masks = 60 , fill = blur ,", {"masks": 60, "fill": "blur"}),
    ],
)
def test_settings_are_read_from_a_line(text, changed):
    rise = gradcam.METHODS["rise"]
    assert rise.read_settings(text) == {**rise.settings({}), **changed}


@pytest.mark.parametrize("text", ["masks", "masks=", "masks=1", "gamma=2", "fill=blur=zero", "=3"])
def test_a_wrong_line_is_refused(text):
    with pytest.raises(gradcam.GradcamError):
        gradcam.METHODS["rise"].read_settings(text)


def test_only_what_differs_from_the_defaults_is_written():
    rise = gradcam.METHODS["rise"]
    assert rise.write_settings({}) == rise.write_settings(rise.settings({})) == ""
    assert rise.write_settings({"masks": 60, "seed": 0}) == "masks=60"
    written = rise.write_settings({"shown": "0.25", "fill": gradcam.Baseline.BLUR})
    assert written == "fill=blur,shown=0.25"


def other_values(parameter):
    """Every option, or the bounds and something between."""
    if parameter.options:
        return list(parameter.options)
    kind = type(parameter.default)
    between = parameter.low + (parameter.high - parameter.low) / 3
    return [kind(value) for value in (parameter.low, between, parameter.high)]


@pytest.mark.parametrize("method", gradcam.METHODS.values(), ids=str)
def test_what_is_written_is_read_again(method):
    for parameter in method.parameters:
        for value in other_values(parameter):
            settings = method.settings({parameter.name: value})
            assert settings[parameter.name] == value
            assert method.read_settings(method.write_settings(settings)) == settings
