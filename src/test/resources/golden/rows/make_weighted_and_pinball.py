"""Makes time_softmax_with_loss_weights*.json and time_pinball_loss*.json beside this file.

Losses and gradients are those of PyTorch 1.13 in double precision: CrossEntropyLoss with
weight and ignore_index, and for the pinball loss max(q*u, (q-1)*u) with autograd, its mean
compared with scikit-learn 1.2.1's mean_pinball_loss. Scores, labels and targets are NumPy's.
"""
import json
import os

import numpy as np
import torch
from sklearn.metrics import mean_pinball_loss

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, **arrays):
    doc = {"case": "rows/" + name, "arrays": {
        k: {"shape": list(np.shape(v)), "dtype": str(np.asarray(v).dtype),
            "data": np.asarray(v).tolist()} for k, v in arrays.items()}}
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        json.dump(doc, f, indent=1)
        f.write("\n")


def softmax(name, r, weights, labels, dout, scale=1.0):
    n, t = labels.shape
    xs = scale * r.randn(n, t, len(weights))
    x = torch.tensor(xs, requires_grad=True)
    loss = torch.nn.CrossEntropyLoss(weight=torch.tensor(weights), ignore_index=-1)(
        x.reshape(n * t, -1), torch.tensor(labels.reshape(-1)))
    (dout * loss).backward()
    save(name, xs=xs, ts=labels, weights=weights, dout=np.array(dout),
         loss=np.array(loss.item()), dxs=x.grad.numpy())


def pinball(name, r, levels, shape, k, share, dout):
    ys = r.randn(*shape, k * len(levels))
    ts = r.randn(*shape, k)
    mask = (r.rand(*shape, k) < share).astype(np.int64)
    q = torch.tensor(levels, dtype=torch.float64)
    y = torch.tensor(ys, requires_grad=True)
    u = torch.tensor(ts).unsqueeze(-1) - y.reshape(*shape, k, len(levels))
    all_of_them = torch.maximum(q * u, (q - 1) * u)
    loss = all_of_them[torch.tensor(mask, dtype=torch.bool)].mean()
    (dout * loss).backward()
    counted = mask.ravel().astype(bool)
    by_level = [mean_pinball_loss(ts.ravel()[counted],
                                  ys.reshape(-1, len(levels))[counted, i], alpha=level)
                for i, level in enumerate(levels)]
    assert abs(np.mean(by_level) - loss.item()) < 1e-15
    save(name, ys=ys, ts=ts, mask=mask, levels=np.array(levels), dout=np.array(dout),
         loss=np.array(loss.item()), dys=y.grad.numpy())


r = np.random.RandomState(72)
weights = np.array([0.5, 3.0, 1.25, 0.0, 2.0])
softmax("time_softmax_with_loss_weights", r, weights, r.randint(0, 5, (3, 4)), 1.0)
labels = r.randint(0, 5, (3, 4))
labels[0, 2] = labels[2, 0] = labels[2, 3] = -1
softmax("time_softmax_with_loss_weights_ignore", r, weights, labels, 2.5, 40.0)
pinball("time_pinball_loss", r, [0.05, 0.5, 0.95], (2, 4), 2, 1.0, 1.0)
pinball("time_pinball_loss_ignore", r, [0.1, 0.8], (3, 3), 3, 0.6, 2.5)
