"""Writes reference_writer.safetensors with the reference implementation, safetensors 0.8.0."""

import numpy as np
import safetensors

NAMES = {"bfloat16": np.uint16}
keep_alive = []


def tensor(dtype, values, shape=None):
    a = np.array(values, dtype=NAMES.get(dtype, dtype))
    shape = a.shape if shape is None else shape
    keep_alive.append(a)
    return safetensors.TensorSpec(
        dtype=dtype, shape=shape, data_ptr=a.ctypes.data, data_len=a.nbytes
    )


tensors = {
    "b": tensor("bool", [True, False, True]),
    "i64": tensor("int64", [[-(2**63), 2**63 - 1], [2**53 + 1, 0]]),
    "z": tensor("float64", [1.5, -0.0, np.inf]),
    "\ud55c": tensor("float64", 2.5),
    "\U0001f600": tensor("float64", 4.0),
    "\uffee": tensor("float64", 5.0),
    'quote" \\ / \b\f\n\r\t\x01\x7f\u2028': tensor("float64", [], (0, 3)),
    "y": tensor("float32", [0.1, -2.0]),
    "u64": tensor("uint64", [2**64 - 1, 1]),
    "i8": tensor("int8", [-128, 127]),
    "u8": tensor("uint8", [255, 0]),
    "h": tensor("float16", [0.1, 65504.0, 6e-8]),
    "bf": tensor("bfloat16", [0x3DCD, 0x7F80]),
    "i32": tensor("int32", [-(2**31), 2**31 - 1]),
    "u32": tensor("uint32", [2**32 - 1]),
    "i16": tensor("int16", [-(2**15)]),
    "u16": tensor("uint16", [2**16 - 1]),
    "a": tensor("float64", [[[1.0, 2.0]], [[3.0, 4.0]]]),
}
with open("reference_writer.safetensors", "wb") as out:
    out.write(safetensors.serialize(tensors, {"made by": "the reference writer, \u00fc\x01"}))
