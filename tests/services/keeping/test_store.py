import threading

from hypothesis import given
from hypothesis import strategies as st

from services.keeping.store import BoundedStore


def test_the_least_recently_used_goes_first():
    store = BoundedStore(2)
    store.put("a", 1)
    store.put("b", 2)
    store.get("a")
    store.put("c", 3)
    assert (store.get("a"), store.get("b"), store.get("c")) == (1, None, 3)


def test_putting_again_makes_it_the_most_recent():
    store = BoundedStore(2)
    store.put("a", 1)
    store.put("b", 2)
    store.put("a", 4)
    store.put("c", 3)
    assert (store.get("a"), store.get("b"), store.get("c")) == (4, None, 3)


def test_several_small_ones_make_room_for_a_large_one():
    store = BoundedStore(10, len)
    for name in "abc":
        store.put(name, "x" * 3)
    store.put("large", "x" * 6)
    assert [name for name in "abc" if store.get(name)] == ["c"]
    assert store.total == 9


def test_a_value_larger_than_the_bound_is_kept_alone():
    store = BoundedStore(4, len)
    store.put("small", "x")
    store.put("large", "x" * 9)
    assert (store.get("small"), store.get("large"), store.total) == (None, "x" * 9, 9)


def test_a_replaced_value_counts_once():
    store = BoundedStore(10, len)
    store.put("a", "xxxx")
    store.put("a", "xx")
    assert store.total == 2


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 9))))
def test_what_is_kept_is_the_newest_that_fits(puts):
    store = BoundedStore(12, lambda value: value)
    newest = {}
    for key, value in puts:
        store.put(key, value)
        newest.pop(key, None)
        newest[key] = value
    kept = {key: value for key in newest if (value := store.get(key)) is not None}
    assert store.total == sum(kept.values())
    assert store.total <= 12
    assert list(kept.items()) == list(newest.items())[len(newest) - len(kept) :]


def test_the_bound_holds_under_several_threads():
    store = BoundedStore(50, lambda value: value)
    ready = threading.Barrier(4)

    def fill(thread):
        ready.wait()
        for i in range(500):
            store.put((thread * i) % 40, 1 + i % 7)
            store.get(i % 40)

    threads = [threading.Thread(target=fill, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [value for key in range(40) if (value := store.get(key)) is not None]
    assert store.total == sum(kept)
    assert store.total <= 50
