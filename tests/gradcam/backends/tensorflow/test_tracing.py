import pytest

from gradcam.backends.tensorflow.tracing import (
    collected_inputs,
    collected_outputs,
    replaced_call,
)


class Doubler:
    def call(self, value, plus=0):
        return 2 * value + plus

    def replaced(self, make):
        return replaced_call(self, make)


def tripled(original):
    return lambda *args, **kwargs: original(*args, **kwargs) + args[0]


def raise_inside(block):
    with block:
        raise KeyError("inside")


def test_a_replaced_call_is_put_back():
    operation = Doubler()
    with replaced_call(operation, tripled):
        assert operation.call(5, plus=1) == 16
    assert operation.call(5) == 10
    assert operation.__dict__ == {}


def test_a_replaced_call_is_put_back_after_an_exception():
    operation = Doubler()
    with pytest.raises(KeyError):
        raise_inside(replaced_call(operation, tripled))
    assert operation.__dict__ == {}


def test_a_call_that_was_replaced_before_stays_so():
    operation = Doubler()
    own = operation.call = lambda value: value + 100
    with replaced_call(operation, tripled):
        assert operation.call(5) == 110
    assert operation.__dict__ == {"call": own}


def test_replacements_nest():
    operation = Doubler()
    with replaced_call(operation, tripled), replaced_call(operation, tripled):
        assert operation.call(5) == 20
    assert operation.call(5) == 10


def test_outputs_are_collected_and_watched():
    operation, watched = Doubler(), []
    with collected_outputs(operation, watched.append) as seen:
        assert operation.call(5) == 10
        assert operation.call(6, plus=1) == 13
    assert seen == watched == [10, 13]
    operation.call(7)
    assert seen == [10, 13]


def test_first_inputs_are_collected():
    operation = Doubler()
    with collected_inputs(operation) as seen:
        assert operation.call(5, plus=1) == 11
        assert operation.call(6, 2) == 14
    assert seen == [5, 6]
