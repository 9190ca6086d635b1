"""Trains a small LSTM in PyTorch to tell the next value of a series and saves what
PyTorchImportExample reads: the state_dict, 40 values of the series, and PyTorch's forecast of the
next 40.
"""

import os

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 16, num_layers=2, batch_first=True)
        self.head = nn.Linear(16, 1)

    def forward(self, xs, state=None):
        hs, state = self.lstm(xs, state)
        return self.head(hs), state


t = torch.arange(600, dtype=torch.float32)
series = torch.sin(2 * torch.pi * t / 25) + 0.5 * torch.sin(2 * torch.pi * t / 8)

model = Forecaster()
adam = torch.optim.Adam(model.parameters(), lr=0.01)
for update in range(600):
    starts = torch.randint(0, 440, (32,))
    windows = torch.stack([series[s : s + 61] for s in starts]).unsqueeze(2)
    loss = ((model(windows[:, :-1])[0] - windows[:, 1:]) ** 2).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()

state_dict = {name: value.numpy() for name, value in model.state_dict().items()}

known = series[500:540].double().reshape(1, 40, 1)
forecast = []
with torch.no_grad():
    model.double()
    scores, state = model(known)
    for _ in range(40):
        forecast.append(scores[0, -1, 0].item())
        scores, state = model(torch.tensor(forecast[-1:], dtype=torch.float64).reshape(1, 1, 1), state)

here = os.path.dirname(os.path.abspath(__file__))
np.savez(f"{here}/forecast.npz", **state_dict)
np.savez(f"{here}/forecast_series.npz", known=known.numpy(), forecast=forecast, truth=series[540:580].numpy())
print("last loss", loss.item(), "error", float(((torch.tensor(forecast) - series[540:580]) ** 2).mean()) ** 0.5)
