"""Makes rnnlm_lstm.json, better_rnnlm.json and stacked_gru.json beside this file (NumPy 1.24.2,
PyTorch 1.13, float64).

The Rnnlm and BetterRnnlm of the book, and a language model of two GRU layers, trained for seven
iterations of SGD with clipping, the state carried; then, with all parameters times 4, texts. Forward passes are the formulas written out,
gradients are autograd's, random numbers are np.random's in the order of the book: weights from the
words up (wx before wh), then at each forward the mask of the word vectors, of what lies between
two layers, and of the outputs.
"""
import json
import os

import numpy as np
import torch

V, N, T, ITERATIONS = 11, 2, 3, 7
GATES = {"lstm": 4, "gru": 3}


def t(a):
    return torch.tensor(a, dtype=torch.float64, requires_grad=True)


def step(cell, x, state, wx, wh, b):
    h, c = state
    size = h.shape[1]
    if cell == "lstm":  # columns f, g, i, o
        f, g, i, o = torch.split(x @ wx + h @ wh + b, size, dim=1)
        c = torch.sigmoid(f) * c + torch.tanh(g) * torch.sigmoid(i)
        return torch.sigmoid(o) * torch.tanh(c), c
    xz, xr, xh = torch.split(x @ wx + b, size, dim=1)  # columns z, r, h
    wz, wr, wc = torch.split(wh, size, dim=1)
    z = torch.sigmoid(xz + h @ wz)
    r = torch.sigmoid(xr + h @ wr)
    return (1 - z) * h + z * torch.tanh(xh + (r * h) @ wc), c


class Model:
    def __init__(self, cell, d, h, layers, dropout, tied, seed):
        self.cell, self.h, self.layers, self.dropout, self.tied = cell, h, layers, dropout, tied
        np.random.seed(seed)
        rn = np.random.randn
        self.p = {"embed.w": t(rn(V, d) / 100)}
        self.names = [cell + (str(l) if layers > 1 else "") for l in range(layers)]
        for l, name in enumerate(self.names):
            rows = d if l == 0 else h
            self.p[name + ".wx"] = t(rn(rows, GATES[cell] * h) / np.sqrt(rows))
            self.p[name + ".wh"] = t(rn(h, GATES[cell] * h) / np.sqrt(h))
            self.p[name + ".b"] = t(np.zeros((1, GATES[cell] * h)))
        if not tied:
            self.p["affine.w"] = t(rn(h, V) / np.sqrt(h))
        self.p["affine.b"] = t(np.zeros((1, V)))

    def zero_state(self, n):
        zero = torch.zeros(n, self.h, dtype=torch.float64)
        return [(zero, zero) for _ in self.names]

    def drop(self, xs, train):
        if not train or self.dropout == 0:
            return xs
        mask = (np.random.rand(*xs.shape) > self.dropout) * (1 / (1.0 - self.dropout))
        return xs * torch.tensor(mask)

    def scores(self, ids, states, train):
        """ids (N,T); gives scores (N,T,V) and the states after them."""
        xs = self.drop(self.p["embed.w"][torch.tensor(ids)], train)
        ends = []
        for name, state in zip(self.names, states):
            hs = []
            for s in range(xs.shape[1]):
                state = step(self.cell, xs[:, s], state,
                             *(self.p[name + part] for part in (".wx", ".wh", ".b")))
                hs.append(state[0])
            ends.append(state)
            xs = self.drop(torch.stack(hs, dim=1), train)
        w = self.p["embed.w"].T if self.tied else self.p["affine.w"]
        return xs @ w + self.p["affine.b"], ends

    def loss(self, ids, labels, states, train):
        scores, ends = self.scores(ids, states, train)
        flat = torch.nn.functional.cross_entropy(
            scores.reshape(-1, V), torch.tensor(labels).reshape(-1))
        return flat, [tuple(part.detach() for part in end) for end in ends]

    def text(self, prompt, words, random):
        """As the book's generate, without words that are skipped; random None: the best word."""
        states, written, last = self.zero_state(1), [], None
        for word in prompt:
            last, states = self.scores([[word]], states, False)
        while len(written) < words:
            p = torch.softmax(last[0, 0], dim=0).detach().numpy()
            written.append(int(np.argmax(p)) if random is None else int(random.choice(V, p=p)))
            last, states = self.scores([[written[-1]]], states, False)
        return written


def run(case, model, lr, max_grad):
    corpus = np.random.RandomState(70).randint(0, V, N * T * ITERATIONS + 1)
    jump = (len(corpus) - 1) // N
    out = {"corpus": corpus, "lr": lr, "max_grad": max_grad}
    for name, p in model.p.items():
        out[name + "_start"] = p.detach().numpy().copy()
    states = model.zero_state(N)
    losses, norms = [], []
    for it in range(ITERATIONS):
        at = [n * jump + it * T for n in range(N)]
        xs = np.array([corpus[a:a + T] for a in at])
        ts = np.array([corpus[a + 1:a + T + 1] for a in at])
        loss, states = model.loss(xs, ts, states, True)
        grads = dict(zip(model.p, torch.autograd.grad(loss, list(model.p.values()))))
        if it == 0:
            for name, g in grads.items():
                out["d_%s_iter1" % name] = g.numpy().copy()
        norm = np.sqrt(sum(float((g ** 2).sum()) for g in grads.values()))
        rate = max_grad / (norm + 1e-6)
        with torch.no_grad():
            for name, p in model.p.items():
                p -= lr * (grads[name] * rate if rate < 1 else grads[name])
        losses.append(float(loss))
        norms.append(norm)
    out["loss"], out["grad_norm"] = losses, norms
    for l, state in enumerate(states):
        out["h%d_end" % l] = state[0].numpy()
        if model.cell == "lstm":
            out["c%d_end" % l] = state[1].numpy()
    for name, p in model.p.items():
        out[name + "_end"] = p.detach().numpy().copy()
    loss, _ = model.loss(np.array([corpus[:-1]]), np.array([corpus[1:]]), model.zero_state(1), False)
    out["perplexity"] = float(torch.exp(loss))
    with torch.no_grad():  # after so little training a text would hardly depend on what came before
        for p in model.p.values():
            p *= 4
    out["prompt"] = [3, 1, 4]
    out["sampled"] = model.text([3, 1, 4], 40, np.random.RandomState(9))
    out["greedy"] = model.text([3, 1, 4], 12, None)
    save(case, out)


def save(case, out):
    arrays = {}
    for key, value in out.items():
        a = np.asarray(value)
        arrays[key] = {"shape": list(a.shape), "dtype": str(a.dtype), "data": a.tolist()}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), case + ".json")
    with open(path, "w") as f:
        json.dump({"case": "rnnlm/" + case, "arrays": arrays}, f, separators=(",", ":"))
        f.write("\n")


run("rnnlm_lstm", Model("lstm", 5, 4, 1, 0, False, 71), 20.0, 0.25)
run("better_rnnlm", Model("lstm", 4, 4, 2, 0.5, True, 72), 20.0, 0.25)
run("stacked_gru", Model("gru", 5, 4, 2, 0.25, False, 73), 2.0, 5.0)
