"""Makes legacy_randomstate_further.json beside this file (NumPy 1.24.2).

What legacy_randomstate.json leaves out: seeds given as Python lists (its
one-element array seeds are np.array([0]), which NumPy takes for the number 0),
the generator's state, integers of other ranges, weighted choice without
replacement, and the stream far behind its start.
"""
import json
import os

import numpy as np

R = np.random.RandomState
P = [0.1, 0.05, 0.2, 0.15, 0.02, 0.08, 0.1, 0.1, 0.05, 0.15]
P_ZEROS = [0.0, 0.5, 0.0, 0.25, 0.25, 0.0]
doc = {"numpy": np.__version__, "p": P, "p_zeros": P_ZEROS}

LIST_SEEDS = ([0], [42], [0, 0], [4294967295], list(range(700)))
doc["list_seeds"] = [
    {"seed": s, "raw_uint32_10": [int(v) for v in R(s)._bit_generator.random_raw(10)]}
    for s in LIST_SEEDS
]

r = R(9)
r.randn(1001)
name, key, pos, has_gauss, gauss = r.get_state()
doc["state"] = {
    "note": "seed 9; randn(1001); this state; then randn(3), rand(3)",
    "key": key.tolist(), "pos": pos, "has_gauss": has_gauss, "gauss": gauss,
    "randn_3": r.randn(3).tolist(), "rand_3": r.rand(3).tolist(),
}

RANGES = ((0, 1), (0, 2), (0, 2**31 - 1), (-2**31, 2**31 - 1), (0, 2**32 - 1), (0, 2**32),
          (0, 2**32 + 1), (-2**40, 2**41), (-2**63, 2**63 - 1))
doc["randint"] = [
    {"low": lo, "high": hi, "values_8": R(5).randint(lo, hi, 8).tolist(),
     "rand": (lambda g: (g.randint(lo, hi, 8), g.rand())[1])(R(5))}
    for lo, hi in RANGES
]
doc["randint_uint64_2"] = [str(v) for v in R(5).randint(0, 2**64, 2, dtype=np.uint64)]

doc["choice"] = []
for seed in range(20):
    g = R(seed)
    doc["choice"].append({
        "seed": seed,
        "p_without_replacement_7": g.choice(10, size=7, replace=False, p=P).tolist(),
        "p_zeros_without_replacement_3": g.choice(6, size=3, replace=False, p=P_ZEROS).tolist(),
        "p_zeros_20": g.choice(6, size=20, p=P_ZEROS).tolist(),
        "one_value": int(g.choice(1)),
        "one_value_p": int(g.choice(1, p=[1.0])),
        "without_replacement_all_10": g.choice(10, size=10, replace=False).tolist(),
        "rand": g.rand(),
    })

g = R(77)
g.rand(100000)
doc["far"] = {"note": "seed 77; rand(100000); then", "rand_3": g.rand(3).tolist(),
              "permutation_300": g.permutation(300).tolist()}
doc["randn_2x3x4"] = {"seed": 11, "values": R(11).randn(2, 3, 4).ravel().tolist()}
doc["rand_2x3x4"] = {"seed": 11, "values": R(11).rand(2, 3, 4).ravel().tolist()}

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "legacy_randomstate_further.json")
with open(path, "w") as f:
    json.dump(doc, f, separators=(",", ":"))
    f.write("\n")
