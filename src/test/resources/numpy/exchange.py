"""Reads with NumPy what Java wrote, and writes what Java reads.

exchange.py check FOLDER   every array of FOLDER is what make() has under its name
exchange.py write FOLDER   writes make()'s arrays in every way that NumPy has
"""
import io
import os
import sys

import numpy as np

TYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8",
         "uint64", "uint32", "uint16", "uint8", "bool"]
# The last one's header would end at a multiple of 64: NumPy pads it by 64 more.
SHAPES = [(), (0,), (5,), (2, 3), (0, 3), (2, 3, 4), (1, 2, 1, 3, 1, 2), (70000,), (3, 3000),
          (1,) * 13 + (100,)]


def value(i, dtype):
    """The i-th value, by a rule that NumpyExchangeTest has too."""
    if dtype == "bool":
        return i % 3 == 0
    if dtype.startswith("float"):
        special = {3: np.nan, 4: np.inf, 5: -np.inf, 6: -0.0}
        return special.get(i, (i % 1000 - 500) / 7)
    info = np.iinfo(dtype)
    special = {3: info.min, 4: info.max}
    return special.get(i, i % 100 - (50 if info.min < 0 else 0))


def make():
    arrays = {}
    for dtype in TYPES:
        for shape in SHAPES:
            n = int(np.prod(shape, dtype=np.int64))
            with np.errstate(all="ignore"):
                flat = np.array([value(i, dtype) for i in range(n)], dtype=dtype)
            arrays["%s %s" % (dtype, "x".join(map(str, shape)))] = flat.reshape(shape)
    return arrays


def same(want, got):
    return (want.dtype == got.dtype and want.shape == got.shape
            and want.tobytes() == np.ascontiguousarray(got).tobytes())


def check(folder):
    arrays = make()
    for name, want in arrays.items():
        path = os.path.join(folder, name + ".npy")
        assert same(want, np.load(path)), path
        written = io.BytesIO()
        np.save(written, want)
        with open(path, "rb") as f:
            assert f.read() == written.getvalue(), path + " has other bytes than np.save's"
    for archive in ["stored.npz", "deflated.npz"]:
        with np.load(os.path.join(folder, archive)) as got:
            assert got.files == list(arrays), archive
            for name, want in arrays.items():
                assert same(want, got[name]), (archive, name)
    print("checked", len(arrays))


def write(folder):
    arrays = make()
    np.savez(os.path.join(folder, "stored.npz"), **arrays)
    np.savez_compressed(os.path.join(folder, "deflated.npz"), **arrays)
    for name, array in arrays.items():
        variants = {"little C": (array, None), "big C": (array.astype(array.dtype.newbyteorder(">")), None),
                    "little F": (np.asfortranarray(array), None),
                    "version 2": (array, (2, 0)), "version 3": (array, (3, 0)),
                    "big F": (np.asfortranarray(array.astype(array.dtype.newbyteorder(">"))), None)}
        for variant, (a, version) in variants.items():
            with open(os.path.join(folder, "%s, %s.npy" % (name, variant)), "wb") as f:
                np.lib.format.write_array(f, a.reshape(array.shape, order="A"), version=version)
    print("wrote", len(arrays))


if __name__ == "__main__":
    {"check": check, "write": write}[sys.argv[1]](sys.argv[2])
