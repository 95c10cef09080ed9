"""What is worked out of something: once for each key, and gone with it."""

import gc
import weakref

from services.keeping.derived import Derived


class Origin:
    """Something that much is worked out of."""


def worked_out(derived, origin, key, done):
    def make():
        done.append(key)
        return f"{key} of it"

    return derived.of(origin, key, make)


def test_it_is_worked_out_once_for_each_origin_and_key():
    derived, done = Derived(2), []
    one, other = Origin(), Origin()
    for origin in (one, one, other):
        assert worked_out(derived, origin, "a", done) == "a of it"
    worked_out(derived, one, "b", done)
    worked_out(derived, one, "a", done)
    assert done == ["a", "a", "b"]


def test_the_least_recently_used_of_an_origin_goes_first():
    derived, done, one = Derived(2), [], Origin()
    for key in "abcba":
        worked_out(derived, one, key, done)
    assert done == ["a", "b", "c", "a"]


def test_it_keeps_no_origin_alive():
    derived, one = Derived(2), Origin()
    worked_out(derived, one, "a", [])
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None
