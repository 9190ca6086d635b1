"""Writes ONNX's own tests of operators: node_tests.py FOLDER OPERATOR...

Of each test FOLDER/NAME.onnx, NAME.in.npz and NAME.out.npz, the arrays by their names in the graph.
"""
import os
import sys

import numpy as np

for old in ("bool", "float", "int", "object"):  # names that a new NumPy lacks and an old ONNX uses
    if not hasattr(np, old):
        setattr(np, old, getattr(__builtins__, old))

from onnx.backend.test.case.node import collect_testcases


def main(folder, operators):
    written = 0
    for case in collect_testcases(""):  # of all operators: a second call would find none
        nodes = case.model.graph.node
        if len(nodes) != 1 or nodes[0].op_type not in operators:
            continue
        if case.model.opset_import[0].version < 7:
            continue  # operators of before, which are not run
        inputs, outputs = case.data_sets[0]
        graph = case.model.graph
        try:
            save(os.path.join(folder, case.name + ".in.npz"), graph.input, inputs)
            save(os.path.join(folder, case.name + ".out.npz"), graph.output, outputs)
        except TypeError:
            continue  # texts and sequences
        with open(os.path.join(folder, case.name + ".onnx"), "wb") as file:
            file.write(case.model.SerializeToString())
        written += 1
    print("written", written)


def save(path, values, arrays):
    np.savez(path, **{value.name: np.asarray(array) for value, array in zip(values, arrays)})


main(sys.argv[1], sys.argv[2:])
