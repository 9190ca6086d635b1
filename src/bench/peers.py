"""The peers' side of the comparison: one case in NumPy or PyTorch, printed as one line of JSON.

    python3 peers.py numpy f64 product ab 512 512 512
    python3 peers.py numpy f64 elementwise tanh
    python3 peers.py torch f32 lstm forwardBackward 20 35 100 100
    python3 peers.py torch f64 gru forwardBackward 20 35 100 100
    python3 peers.py torch f64 stream
    python3 peers.py numpy f32 job [TEXT]
    python3 peers.py numpy f64 libraries

The cases are named as in SideBySide.java, and timed as there: warmed up, then median, least and
greatest of the repeats, in seconds. compare.py sets the number of threads and the clock. No case
is `libraries`: it tells the peer's version and BLAS, and whether that is an optimised one.
"""

import json
import os
import sys
import time

import blas

WARM_UP, LEAST_WARM_UP_CALLS, LONGEST_WARM_UP = 2.0, 3, 8.0
REPEAT, REPEATS = 0.25, 7
LONG_CALL, LONG_REPEATS = 2.0, 3  # of a call that takes seconds, three repeats are enough

CLOCK = time.process_time if os.environ.get("UNROLL_BENCH_CLOCK") == "cpu" else time.perf_counter

ELEMENTS = 8192
STREAM_STEPS, STREAM_D, STREAM_H = 1000, 32, 64
JOB_TOKENS, ZIPF_WORDS = 10_000, 10_000

# A process's whole life, as in StartUp.java: an LSTM, one step, the end.
START_UP = {
    "torch": """
import torch
lstm = torch.nn.LSTM(32, 64).double()
with torch.no_grad():
    hs, _ = lstm(torch.randn(1, 1, 32, dtype=torch.float64))
print(hs[0, 0, 0].item())
""",
    "numpy": """
import numpy as np
def sigmoid(a):
    return 1 / (1 + np.exp(-a))
wx = np.random.randn(32, 256) / np.sqrt(32)
wh = np.random.randn(64, 256) / np.sqrt(64)
b = np.zeros(256)
x, h, c = np.random.randn(1, 32), np.zeros((1, 64)), np.zeros((1, 64))
a = x @ wx + h @ wh + b
f, g, i, o = sigmoid(a[:, :64]), np.tanh(a[:, 64:128]), sigmoid(a[:, 128:192]), sigmoid(a[:, 192:])
c = f * c + g * i
h = o * np.tanh(c)
print(h[0, 0])
""",
}


def measure(call):
    """Seconds a call: each figure the mean over as many calls as fill a repeat."""
    calls, spent = 0, 0.0
    while (calls < LEAST_WARM_UP_CALLS or spent < WARM_UP) and spent < LONGEST_WARM_UP:
        spent += seconds_of(1, call)
        calls += 1
    inner = 1
    spent = seconds_of(inner, call)
    while spent < REPEAT / 8:
        inner *= 2
        spent = seconds_of(inner, call)
    repeats = LONG_REPEATS if spent > LONG_CALL else REPEATS
    inner = max(1, round(inner * REPEAT / spent))
    return sorted(seconds_of(inner, call) / inner for _ in range(repeats))


def seconds_of(calls, call):
    if hasattr(call, "reset"):
        call.reset()
    start = CLOCK()
    for _ in range(calls):
        call()
    return CLOCK() - start


def threads():
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


def product(peer, dtype, form, m, k, n):
    import numpy as np

    m, k, n = int(m), int(k), int(n)
    kind = {"f64": np.float64, "f32": np.float32}[dtype]
    random = np.random.RandomState(0)
    a = random.randn(*((k, m) if form == "aTb" else (m, k))).astype(kind)
    b = random.randn(*((n, k) if form == "abT" else (k, n))).astype(kind)
    a = a.T if form == "aTb" else a  # views: OpenBLAS reads them transposed
    b = b.T if form == "abT" else b
    out = np.empty((m, n), kind)
    return lambda: np.dot(a, b, out=out), 1


def elementwise(peer, dtype, function):
    import numpy as np

    kind = {"f64": np.float64, "f32": np.float32}[dtype]
    x = np.random.RandomState(0).normal(0, 2, ELEMENTS).astype(kind)
    out = np.empty_like(x)

    def sigmoid():  # every pass into the same array
        np.negative(x, out=out)
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.divide(1, out, out=out)

    calls = {
        "exp": lambda: np.exp(x, out=out),
        "tanh": lambda: np.tanh(x, out=out),
        "sigmoid": sigmoid,
    }
    return calls[function], ELEMENTS


def torch_with(dtype):
    import torch

    torch.set_num_threads(threads())
    torch.manual_seed(0)
    return torch, {"f64": torch.float64, "f32": torch.float32}[dtype]


def lstm(peer, dtype, direction, *sizes):
    return recurrent(dtype, "LSTM", direction, sizes)


def gru(peer, dtype, direction, *sizes):
    return recurrent(dtype, "GRU", direction, sizes)


def recurrent(dtype, module, direction, sizes):
    torch, kind = torch_with(dtype)
    n, t, d, h = (int(size) for size in sizes)
    layer = getattr(torch.nn, module)(d, h, batch_first=True).to(kind)
    xs = torch.randn(n, t, d, dtype=kind, requires_grad=True)
    dhs = torch.randn(n, t, h, dtype=kind)

    def forward():
        with torch.no_grad():
            layer(xs)

    def forward_backward():
        for parameter in layer.parameters():
            parameter.grad = None
        xs.grad = None
        hs, _ = layer(xs)
        hs.backward(dhs)

    return {"forward": forward, "forwardBackward": forward_backward}[direction], 1


def stream(peer, dtype):
    torch, kind = torch_with(dtype)
    cell = torch.nn.LSTMCell(STREAM_D, STREAM_H).to(kind)
    xs = [torch.randn(1, STREAM_D, dtype=kind) for _ in range(STREAM_STEPS)]

    def steps():
        with torch.no_grad():
            state = (torch.zeros(1, STREAM_H, dtype=kind), torch.zeros(1, STREAM_H, dtype=kind))
            for x in xs:
                state = cell(x, state)

    return steps, STREAM_STEPS


def job_tokens(text):
    import numpy as np

    if text is None:
        p = 1.0 / np.arange(1, ZIPF_WORDS + 1)
        return np.random.RandomState(0).choice(ZIPF_WORDS, JOB_TOKENS, p=p / p.sum()), ZIPF_WORDS
    with open(text, encoding="utf-8") as file:
        words = file.read().replace("\n", " <eos> ").split()
    ids = {}
    tokens = np.array([ids.setdefault(word, len(ids)) for word in words])
    return tokens[:JOB_TOKENS], len(ids)


def job_batches(tokens, batch, steps):
    import numpy as np

    xs, ts = tokens[:-1], tokens[1:]
    offsets = np.arange(batch)[:, None] * (len(xs) // batch)
    for iteration in range(len(xs) // (batch * steps)):
        columns = (offsets + iteration * steps + np.arange(steps)) % len(xs)
        yield xs[columns], ts[columns]


def job(peer, dtype, text=None):
    """The first epoch of the SimpleRnnlm's published training.

    Always the first: in later ones Adam's moments of words that do not come again decay into
    subnormal numbers, in float32 after some six epochs, and the peers would look slower than
    they are.
    """
    tokens, words = job_tokens(text)
    return {"numpy": numpy_job, "torch": torch_job}[peer](dtype, tokens, words), 1


def numpy_job(dtype, tokens, words):
    import numpy as np

    kind = {"f64": np.float64, "f32": np.float32}[dtype]
    N, T, D, H, V, limit = 10, 5, 100, 100, words, 5.0
    randn = np.random.RandomState(0).randn
    parameters = [
        randn(V, D) / 100,
        randn(D, H) / np.sqrt(D),
        randn(H, H) / np.sqrt(H),
        np.zeros(H),
        randn(H, V) / np.sqrt(H),
        np.zeros(V),
    ]
    parameters = [p.astype(kind) for p in parameters]
    gradients, means, squares = ([np.zeros_like(p) for p in parameters] for _ in range(3))
    embed, wx, wh, b, wo, bo = parameters
    rows = np.arange(N * T)
    initial = [p.copy() for p in parameters]

    def reset():
        for p, p0, m, v in zip(parameters, initial, means, squares):
            p[...], m[...], v[...] = p0, 0, 0

    def epoch():
        h, step = np.zeros((N, H), kind), 0
        for bx, bt in job_batches(tokens, N, T):
            labels = bt.reshape(-1)
            e, hs, h0 = embed[bx], np.empty((N, T, H), kind), h
            for t in range(T):
                h = np.tanh(h @ wh + e[:, t] @ wx + b)
                hs[:, t] = h
            flat = hs.reshape(-1, H)
            y = flat @ wo + bo
            y -= y.max(1, keepdims=True)
            np.exp(y, out=y)
            y /= y.sum(1, keepdims=True)
            loss = -np.log(y[rows, labels]).mean()
            if not np.isfinite(loss):
                raise ArithmeticError("the loss is %g" % loss)
            y[rows, labels] -= 1
            y /= kind(N * T)
            for g in gradients[:4]:
                g[...] = 0
            np.dot(flat.T, y, out=gradients[4])
            gradients[5][...] = y.sum(0)
            dhs, dh = (y @ wo.T).reshape(N, T, H), np.zeros((N, H), kind)
            for t in reversed(range(T)):
                da = (dhs[:, t] + dh) * (1 - hs[:, t] ** 2)
                before = hs[:, t - 1] if t else h0
                gradients[1] += e[:, t].T @ da
                gradients[2] += before.T @ da
                gradients[3] += da.sum(0)
                dh = da @ wh.T
                np.add.at(gradients[0], bx[:, t], da @ wx.T)
            rate = limit / (np.sqrt(sum((g * g).sum() for g in gradients)) + 1e-6)
            if rate < 1:
                for g in gradients:
                    g *= kind(rate)
            step += 1
            lr = kind(0.001 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step))
            for p, g, m, v in zip(parameters, gradients, means, squares):
                m += kind(0.1) * (g - m)
                v += kind(0.001) * (g * g - v)
                p -= lr * m / (np.sqrt(v) + kind(1e-7))

    epoch.reset = reset
    return epoch


def torch_job(dtype, tokens, words):
    torch, kind = torch_with(dtype)
    N, T, D, H, V, limit = 10, 5, 100, 100, words, 5.0
    embed = torch.nn.Embedding(V, D).to(kind)
    rnn = torch.nn.RNN(D, H, batch_first=True).to(kind)
    affine = torch.nn.Linear(H, V).to(kind)
    with torch.no_grad():
        embed.weight.mul_(0.01)
        affine.weight.normal_(0, H**-0.5)
        affine.bias.zero_()
    parameters = [p for module in (embed, rnn, affine) for p in module.parameters()]
    adam = torch.optim.Adam(parameters, lr=0.001, eps=1e-7)
    batches = [
        (torch.from_numpy(xs.copy()), torch.from_numpy(ts.reshape(-1).copy()))
        for xs, ts in job_batches(tokens, N, T)
    ]
    initial = [p.detach().clone() for p in parameters]

    def reset():
        with torch.no_grad():
            for p, p0 in zip(parameters, initial):
                p.copy_(p0)
                if p in adam.state:
                    state = adam.state[p]
                    state["step"].zero_()
                    state["exp_avg"].zero_()
                    state["exp_avg_sq"].zero_()

    def epoch():
        h = torch.zeros(1, N, H, dtype=kind)
        for xs, ts in batches:
            adam.zero_grad(set_to_none=True)
            hs, h = rnn(embed(xs), h)
            h = h.detach()
            loss = torch.nn.functional.cross_entropy(affine(hs).reshape(N * T, V), ts)
            if not torch.isfinite(loss):
                raise ArithmeticError("the loss is %g" % loss)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, limit)
            adam.step()

    epoch.reset = reset
    return epoch


CASES = {
    "product": product,
    "elementwise": elementwise,
    "lstm": lstm,
    "gru": gru,
    "stream": stream,
    "job": job,
}


def main():
    peer, dtype, case, *rest = sys.argv[1:]
    if case == "libraries":
        print(json.dumps(blas.described(peer)))
        return
    call, per = CASES[case](peer, dtype, *rest)
    seconds = [s / per for s in measure(call)]
    print(
        json.dumps(
            {
                "case": " ".join([case] + rest),
                "peer": peer,
                "dtype": dtype,
                "median": seconds[len(seconds) // 2],
                "min": seconds[0],
                "max": seconds[-1],
                "n": len(seconds),
                "unit": "s",
            }
        )
    )


if __name__ == "__main__":
    main()
