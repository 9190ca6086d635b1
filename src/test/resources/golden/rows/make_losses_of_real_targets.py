"""Makes time_sigmoid_with_loss*.json and time_mean_squared_error*.json beside this file.

Everything in mpmath 1.3.0 at 60 digits, rounded to double at the end: the loss
straight from its definition, -t log y - (1-t) log(1-y) or (y-t)^2, averaged where
mask is 1; the gradients as central differences of that loss with a step of 1e-20,
which is what backward must give and shares no formula with it. Scores and targets
are NumPy's.
"""
import json
import os

import mpmath as mp
import numpy as np

mp.mp.dps = 60
HERE = os.path.dirname(os.path.abspath(__file__))
STEP = mp.mpf(10) ** -20


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def cross_entropy(x, t):
    y = sigmoid(x)
    total = mp.mpf(0)
    if t > 0:
        total -= t * mp.log(y)
    if t < 1:
        total -= (1 - t) * mp.log(sigmoid(-x))  # 1 - y, without its rounding
    return total


def squared_error(x, t):
    return (x - t) ** 2


def case(name, loss, xs, ts, mask, dout):
    scores = [mp.mpf(float(v)) for v in xs.ravel()]
    targets = [mp.mpf(float(v)) for v in ts.ravel()]
    counted = mask.ravel().astype(bool)
    count = int(counted.sum())
    mean = sum(loss(x, t) for x, t, c in zip(scores, targets, counted) if c) / count
    dxs = [float(dout * (loss(x + STEP, t) - loss(x - STEP, t)) / (2 * STEP * count)) if c else 0.0
           for x, t, c in zip(scores, targets, counted)]
    arrays = {"xs": xs, "ts": ts, "mask": mask, "dout": np.array(dout),
              "loss": np.array(float(mean)), "dxs": np.array(dxs).reshape(xs.shape)}
    if loss is cross_entropy:
        arrays["ys"] = np.array([float(sigmoid(x)) for x in scores]).reshape(xs.shape)
    doc = {"case": "rows/" + name, "arrays": {
        k: {"shape": list(v.shape), "dtype": str(v.dtype), "data": v.tolist()} for k, v in arrays.items()}}
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        json.dump(doc, f, indent=1)
        f.write("\n")


r = np.random.RandomState(71)
shape = (2, 4, 3)
all_of_them = np.ones(shape, dtype=np.int64)
some = (r.rand(*shape) < 0.6).astype(np.int64)
yes_no = (r.rand(*shape) < 0.5).astype(np.float64)
xs = r.randn(*shape)
case("time_sigmoid_with_loss", cross_entropy, xs, yes_no, all_of_them, 1.0)
case("time_sigmoid_with_loss_ignore", cross_entropy, xs, r.rand(*shape), some, 2.5)
case("time_sigmoid_with_loss_large", cross_entropy, 300 * xs, yes_no, all_of_them, 1.0)
case("time_mean_squared_error", squared_error, xs, r.randn(*shape), all_of_them, 1.0)
case("time_mean_squared_error_ignore", squared_error, xs, r.randn(*shape), some, 2.5)
