"""PyTorch's side of TorchExchangeTest.

exchange.py write FOLDER: draws modules, saves their state_dicts (float32 and float64, .npz) and what
they answer in double precision.
exchange.py gradients FOLDER: draws modules, saves their state_dicts by torch.save, and what they answer
from given states, and all gradients.
exchange.py check FOLDER: loads the state_dicts that Java wrote (.safetensors and .npz), strictly, and
compares what the modules answer with Java's answers.
"""

import json
import struct
import sys

import numpy as np
import torch
from torch import nn

torch.set_grad_enabled(sys.argv[1] == "gradients")
folder = sys.argv[2]
V, D, H, K, P = 7, 3, 4, 5, 2


class Tagger(nn.Module):
    """Words, a recurrent net, scores."""

    def __init__(self, kind, layers, both, bias):
        super().__init__()
        options = dict(batch_first=True, num_layers=layers, bidirectional=both, bias=bias)
        self.embedding = nn.Embedding(V, D)
        if kind == "relu":
            self.rnn = nn.RNN(D, H, nonlinearity="relu", **options)
        else:
            self.rnn = {"tanh": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind](D, H, **options)
        self.head = nn.Linear((2 if both else 1) * H, K, bias=bias)

    def forward(self, ids):
        return self.head(self.rnn(self.embedding(ids))[0])


def safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    assert all(entry["dtype"] == "F64" for entry in header.values())
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f8").reshape(entry["shape"])
        for name, entry in header.items()
    }


def cases():
    for kind in "tanh", "relu", "lstm", "gru":
        for layers in 1, 2:
            for both in False, True:
                yield kind, layers, both


def name(kind, layers, both):
    return f"{folder}/{kind}_{layers}_{'bi' if both else 'uni'}"


def recurrent(kind, layers, both):
    options = dict(batch_first=True, num_layers=layers, bidirectional=both, dtype=torch.float64)
    if kind == "relu":
        return nn.RNN(D, H, nonlinearity="relu", **options)
    if kind == "projected":
        return nn.LSTM(D, H, proj_size=P, **options)
    return {"tanh": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind](D, H, **options)


def gradients(kind, layers, both):
    module = recurrent(kind, layers, both)
    state = [(P if kind == "projected" else H), H] if kind in ("lstm", "projected") else [H]
    parts = layers * (2 if both else 1)
    x, *initial = (
        torch.randn(*shape, dtype=torch.float64, requires_grad=True)
        for shape in [(2, 5, D)] + [(parts, 2, size) for size in state]
    )
    y, final = module(x, tuple(initial) if len(state) == 2 else initial[0])
    final = final if len(state) == 2 else (final,)
    slopes = torch.randn_like(y)
    (y * slopes).sum().backward()
    torch.save(module.state_dict(), name(kind, layers, both) + ".pt")
    arrays = {"x": x, "y": y, "slopes": slopes, "grad_x": x.grad}
    for letter, before, after in zip("hc", initial, final):
        arrays |= {letter + "_0": before, letter + "_n": after, f"grad_{letter}_0": before.grad}
    arrays |= {"grad_" + k: p.grad for k, p in module.named_parameters()}
    np.savez(name(kind, layers, both) + ".npz", **{k: v.detach().numpy() for k, v in arrays.items()})


ids = torch.arange(12).reshape(2, 6) * 5 % V
count = 0
if sys.argv[1] == "gradients":
    for case in [*cases(), *(("projected", n, both) for n in (1, 2) for both in (False, True))]:
        torch.manual_seed(count)
        gradients(*case)
        count += 1
for case in cases() if sys.argv[1] != "gradients" else ():
    if sys.argv[1] == "write":
        for bias in True, False:
            for dtype in torch.float32, torch.float64:
                torch.manual_seed(count)
                model = Tagger(*case, bias).to(dtype)
                file = f"{name(*case)}_{'bias' if bias else 'nobias'}_{str(dtype)[-2:]}"
                np.savez(file + ".npz", **{k: v.numpy() for k, v in model.state_dict().items()})
                np.save(file + ".out.npy", model.double()(ids).numpy())
                count += 1
    else:
        want = np.load(name(*case) + ".out.npy")
        for state in safetensors(name(*case) + ".safetensors"), np.load(name(*case) + ".npz"):
            model = Tagger(*case, True).double()
            model.load_state_dict({k: torch.tensor(state[k]) for k in state}, strict=True)
            got = model(ids).numpy()
            assert got.shape == want.shape, (case, got.shape, want.shape)
            worst = abs(got - want).max()
            assert worst <= 1e-12, (case, worst)
            count += 1
print(sys.argv[1], count)
