"""Results on disk by digest: found again by another process, and forgiven where damaged."""

import numpy as np
import pytest

from services.keeping.drawers import Drawer
from services.keeping.kept import Kept, bytes_of, packed, unpacked
from services.keeping.store import BoundedStore
from services.settings import settings


def texts():
    """A kind of results; made anew, it is that of another process."""
    return Kept(Drawer("texts"), "txt", str.encode, bytes.decode, BoundedStore(8))


def test_a_result_is_found_again_by_another_process():
    texts().put("abc", "found")
    assert texts().get("abc") == "found"
    assert texts().get("abd") is None
    assert [path.name for path in (settings().cache / "texts").iterdir()] == ["abc.txt"]


def test_a_result_that_is_looked_at_is_not_read_again():
    kept = texts()
    kept.put("abc", "found")
    (settings().cache / "texts" / "abc.txt").write_text("other")
    assert kept.get("abc") == "found"
    assert texts().get("abc") == "other"


def test_a_damaged_result_is_none_and_can_be_made_again(caplog):
    texts().put("abc", "found")
    (settings().cache / "texts" / "abc.txt").write_bytes(b"\xff")
    assert texts().get("abc") is None
    assert "cannot be read" in caplog.text
    texts().put("abc", "again")
    assert texts().get("abc") == "again"


def test_where_the_disk_cannot_be_written_it_stays_in_memory(caplog):
    settings().cache.mkdir(parents=True)
    (settings().cache / "texts").write_text("a file in the way")
    kept = texts()
    kept.put("abc", "found")
    assert kept.get("abc") == "found"
    assert "nothing is kept on disk" in caplog.text


def test_arrays_come_back_as_they_were():
    arrays = {"x": np.float32([[1, 2]]), "count": np.int64(7), "pairs": [(0.5, 1.5)]}
    found = unpacked(packed(arrays))
    assert sorted(found) == ["count", "pairs", "x"]
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
    assert found["x"].dtype == np.float32
    assert bytes_of(arrays) == 8 + 8 + 16


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_half_a_file_of_arrays_is_damaged(cut):
    content = packed({"x": np.arange(64)})[:cut]
    kept = Kept(Drawer("arrays"), "npz", lambda b: b, unpacked, BoundedStore(8))
    kept.put("abc", content)
    assert Kept(Drawer("arrays"), "npz", packed, unpacked, BoundedStore(8)).get("abc") is None
