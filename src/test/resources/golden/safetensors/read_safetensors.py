"""Reads a .safetensors file with NumPy alone and prints what it holds, as JSON."""

import json
import struct
import sys

import numpy as np

DTYPES = {"BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "F16": "<f2",
          "U32": "<u4", "I32": "<i4", "F32": "<f4", "F64": "<f8", "I64": "<i8", "U64": "<u8"}

with open(sys.argv[1], "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    data = file.read()
assert (8 + length) % 8 == 0, "the data are not aligned"
found = {"metadata": header.pop("__metadata__", {})}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    found[name] = {"dtype": str(values.dtype), "shape": values.shape, "data": values.ravel().tolist()}
print(json.dumps(found))
