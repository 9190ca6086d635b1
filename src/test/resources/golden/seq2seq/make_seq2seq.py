"""Makes the golden figures of this folder with PyTorch (float64) and its autograd.

Every sample is computed alone and without its padding, one step after the other.
"""

import json
import os

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
V, D, H, N, TE, TD = 7, 3, 4, 3, 5, 3


def save(case, arrays):
    out = {}
    for name, value in arrays.items():
        value = value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
        out[name] = {
            "shape": list(value.shape),
            "dtype": str(value.dtype),
            "data": value.tolist(),
        }
    with open(os.path.join(HERE, case + ".json"), "w") as f:
        json.dump({"case": case, "arrays": out}, f)
        f.write("\n")


def leaf(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def attend(hs, h):
    """Context and weights of one decoder state h (H) over encoder states hs (Te,H)."""
    a = torch.softmax(torch.stack([torch.dot(row, h) for row in hs]), dim=0)
    return sum(a[j] * hs[j] for j in range(len(hs))), a


def make_attention(case, seed, lengths):
    rng = np.random.RandomState(seed)
    hs, h, dc = rng.randn(N, TE, H), rng.randn(N, TD, H), rng.randn(N, TD, H)
    ths, th = leaf(hs), leaf(h)
    contexts, weights = [], torch.zeros(N, TD, TE, dtype=torch.float64)
    for n in range(N):
        for t in range(TD):
            c, a = attend(ths[n, : lengths[n]], th[n, t])
            contexts.append(c)
            weights[n, t, : lengths[n]] = a.detach()
    contexts = torch.stack(contexts).reshape(N, TD, H)
    (contexts * torch.tensor(dc)).sum().backward()
    save(case, {
        "hs": hs, "h": h, "lengths": np.array(lengths), "dcontexts": dc,
        "contexts": contexts, "weights": weights, "dhs": ths.grad, "dh": th.grad,
    })


def lstm_step(x, h, c, wx, wh, b):
    a = x @ wx + h @ wh + b
    f, g, i, o = torch.split(a, H)
    c = torch.sigmoid(f) * c + torch.tanh(g) * torch.sigmoid(i)
    return torch.sigmoid(o) * torch.tanh(c), c


def draw(form, rng):
    peeked = H if form == "peeky" else 0
    beside = 0 if form == "plain" else H
    n = lambda rows, cols: rng.randn(rows, cols) / np.sqrt(rows)
    return {
        "encoder.embed.w": rng.randn(V, D) / 100,
        "encoder.lstm.wx": n(D, 4 * H), "encoder.lstm.wh": n(H, 4 * H),
        "encoder.lstm.b": np.zeros((1, 4 * H)),
        "decoder.embed.w": rng.randn(V, D) / 100,
        "decoder.lstm.wx": n(D + peeked, 4 * H), "decoder.lstm.wh": n(H, 4 * H),
        "decoder.lstm.b": np.zeros((1, 4 * H)),
        "decoder.affine.w": n(H + beside, V), "decoder.affine.b": np.zeros((1, V)),
    }


def encode(p, ids):
    h = c = torch.zeros(H, dtype=torch.float64)
    hs = []
    for i in ids:
        h, c = lstm_step(p["encoder.embed.w"][i], h, c, p["encoder.lstm.wx"],
                         p["encoder.lstm.wh"], p["encoder.lstm.b"][0])
        hs.append(h)
    return torch.stack(hs), h, c


def decode_step(form, p, i, h, c, hs, he):
    x = p["decoder.embed.w"][i]
    if form == "peeky":
        x = torch.cat([he, x])
    h, c = lstm_step(x, h, c, p["decoder.lstm.wx"], p["decoder.lstm.wh"],
                     p["decoder.lstm.b"][0])
    a = None
    y = h
    if form == "peeky":
        y = torch.cat([he, h])
    if form == "attention":
        context, a = attend(hs, h)
        y = torch.cat([context, h])
    return y @ p["decoder.affine.w"] + p["decoder.affine.b"][0], h, c, a


def make_model(case, form, seed, lengths, reverse):
    rng = np.random.RandomState(seed)
    # Word vectors 100 times as long as drawn, or all answers would come out alike.
    p = {k: leaf(v * 100 if "embed" in k else v) for k, v in draw(form, rng).items()}
    xs, ts = rng.randint(0, V, (N, TE)), rng.randint(0, V, (N, TD + 1))
    ts[1, TD] = -1  # one answer ends early
    read = [x[:l][::-1] if reverse else x[:l] for x, l in zip(xs.tolist(), lengths)]
    arrays = {"xs": xs, "ts": ts, "lengths": np.array(lengths)}
    arrays.update({"start " + k: v.detach().clone() for k, v in p.items()})

    optimizer = torch.optim.Adam(p.values(), lr=0.05)
    losses, weights = [], torch.zeros(N, TD, TE, dtype=torch.float64)
    for step in range(8):
        optimizer.zero_grad()
        nll = []
        for n in range(N):
            hs, he, ce = encode(p, read[n])
            h, c = he, ce
            for t in range(TD):
                if ts[n, t + 1] < 0:
                    continue
                y, h, c, a = decode_step(form, p, ts[n, t], h, c, hs, he)
                nll.append(-torch.log_softmax(y, dim=0)[ts[n, t + 1]])
                if a is not None and step == 0:
                    a = a.detach().flip(0) if reverse else a.detach()
                    weights[n, t, : lengths[n]] = a
        loss = sum(nll) / len(nll)
        loss.backward()
        losses.append(float(loss))
        if step == 0:
            arrays.update({"d " + k: v.grad.clone() for k, v in p.items()})
        norm = torch.nn.utils.clip_grad_norm_(p.values(), 0.2)
        arrays.setdefault("norm", float(norm))
        optimizer.step()
    arrays["loss"] = losses
    arrays.update({"end " + k: v.detach().clone() for k, v in p.items()})
    if form == "attention":
        arrays["weights"] = weights

    answers = np.zeros((N, 4), dtype=int)
    margins = []
    for n in range(N):
        hs, h, c = encode(p, read[n])
        he, i = h, 1
        for t in range(4):
            y, h, c, _ = decode_step(form, p, i, h, c, hs, he)
            i = int(torch.argmax(y))
            best = torch.topk(y, 2).values
            margins.append(float(best[0] - best[1]))
            answers[n, t] = i
    assert min(margins) > 1e-6, margins  # no tie that rounding could decide
    arrays["answers"] = answers
    save(case, arrays)


make_attention("attention", 61, [TE, TE, TE])
make_attention("attention_lengths", 62, [TE, 1, 3])
full, some = [TE, TE, TE], [TE, 2, 4]
make_model("plain", "plain", 63, full, False)
make_model("plain_reversed_lengths", "plain", 64, some, True)
make_model("peeky", "peeky", 65, full, False)
make_model("peeky_reversed_lengths", "peeky", 66, some, True)
make_model("with_attention", "attention", 67, full, False)
make_model("with_attention_reversed_lengths", "attention", 68, some, True)
