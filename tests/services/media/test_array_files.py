"""Arrays of numpy's are read within bounds, whatever their head or their zip claims."""

import io
import struct
import zipfile

import numpy as np
import pytest

from gradcam import PictureError
from services.media import array_files
from services.media.array_files import read_array, shapes_in

NUMBERS = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def saved(path, array=NUMBERS, **options):
    with path.open("wb") as file:
        np.save(file, array, **options)
    return path


def zipped(path, **arrays):
    np.savez_compressed(path, **arrays)
    return path


def why(path, name=""):
    with pytest.raises(PictureError) as caught:
        read_array(path, name)
    return str(caught.value)


def headed(path, text, data=b"", version=1):
    """A file whose head is a text of one's own."""
    head = text.encode() + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(head))
    path.write_bytes(b"\x93NUMPY" + bytes([version, 0]) + length + head + data)
    return path


def claiming(shape, kind="<f4"):
    return f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}"


@pytest.mark.parametrize("kind", ["u1", "i2", "i8", "f2", "f4", "f8", ">f4", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_kind_are_read_as_they_are(tmp_path, kind, order):
    array = np.array(NUMBERS, kind, order=order)
    for path in (saved(tmp_path / "a.npy", array), zipped(tmp_path / "a.npz", x=array)):
        read = read_array(path, "")
        assert read.dtype == np.dtype(kind)
        np.testing.assert_array_equal(read, array)


def test_of_several_arrays_the_one_that_is_named_is_read(tmp_path):
    path = zipped(tmp_path / "a.npz", image=NUMBERS, mask=NUMBERS[..., 0])
    assert shapes_in(path) == {"image": (2, 3, 4), "mask": (2, 3)}
    np.testing.assert_array_equal(read_array(path, "mask"), NUMBERS[..., 0])
    assert why(path) == (
        "it holds several arrays (image, mask); name one in project.toml, below [input], such as "
        'array = "image"'
    )
    assert why(path, "depth") == "it holds no array named depth, only image, mask"


def test_an_only_array_is_read_whatever_its_name(tmp_path):
    np.testing.assert_array_equal(read_array(zipped(tmp_path / "a.npz", y=NUMBERS), "x"), NUMBERS)
    np.testing.assert_array_equal(read_array(saved(tmp_path / "a.npy"), "x"), NUMBERS)
    assert shapes_in(tmp_path / "a.npy") == {"": (2, 3, 4)}


def test_nothing_is_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    trap = np.array([Trap(), Trap()], object)
    path = saved(tmp_path / "a.npy", trap, allow_pickle=True)
    assert why(path) == "it holds Python objects, not whole numbers or floats"
    np.savez(tmp_path / "a.npz", x=trap)
    assert "Python objects" in why(tmp_path / "a.npz")
    (tmp_path / "b.npy").write_bytes(b"\x80\x04N.")  # a bare pickle, which numpy would load
    assert why(tmp_path / "b.npy") == "no array of numpy's: an .npy or .npz file is expected"


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array(["a", "b"]), "texts or records"),
        (np.zeros(2, [("x", "f4"), ("y", "i4")]), "texts or records"),
        (np.zeros(2, np.complex64), "complex numbers"),
        (np.zeros(2, "M8[s]"), "texts or records"),
    ],
)
def test_what_are_no_numbers_is_told(tmp_path, array, said):
    assert why(saved(tmp_path / "a.npy", array)) == f"it holds {said}, not whole numbers or floats"


def test_a_head_that_claims_more_than_goes_is_not_believed(tmp_path):
    path = headed(tmp_path / "a.npy", claiming((1 << 20, 1 << 20)))
    assert why(path) == "larger than 256 MB"
    path = headed(tmp_path / "b.npy", claiming((1000, 1000)), b"few")
    assert why(path) == "damaged: it ends before its last number"


@pytest.mark.parametrize(
    "text", [claiming((-4, 4)), claiming(("a",)), "{}", "__import__('os')", "(" * 9000, ""]
)
def test_a_head_that_is_none_is_damage(tmp_path, text):
    path = headed(tmp_path / "a.npy", text, bytes(64))
    assert why(path).startswith("damaged: it ")


def test_a_long_head_is_not_even_read(tmp_path):
    path = tmp_path / "a.npy"
    path.write_bytes(b"\x93NUMPY\2\0" + struct.pack("<I", 4_000_000_000) + b"{")
    assert why(path) == "its head is longer than that of any array of numbers"


def test_a_zip_that_unpacks_to_more_than_goes_is_read_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(array_files, "MAX_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, claimed in (("honest", (2000, 1000)), ("liar", (10, 10))):
            content = io.BytesIO()
            content.write(headed(tmp_path / "head.npy", claiming(claimed)).read_bytes())
            content.write(bytes(8_000_000))
            archive.writestr(f"{name}.npy", content.getvalue())
    assert why(tmp_path / "bomb.npz", "honest") == "larger than 1 MB"
    assert read_array(tmp_path / "bomb.npz", "liar").shape == (10, 10)  # and nothing behind it


@pytest.mark.parametrize("content", [b"", b"PK\3\4" + bytes(30), b"\x93NUMPY", b"\x89PNG\r\n"])
def test_broken_files_are_told(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    assert why(tmp_path / "a.npy").startswith(("damaged", "no array of numpy's"))


def test_half_a_file_and_none_are_told(tmp_path):
    path = zipped(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=(40, 40)))
    path.write_bytes(path.read_bytes()[:-800])
    assert why(path).startswith(("damaged", "no array"))
    assert why(tmp_path / "gone.npy") == "the file is missing"
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("notes.txt", "none")
    assert why(tmp_path / "b.npz") == "no array of numpy's: the zip holds no .npy file"
