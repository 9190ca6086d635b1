"""Writes the .onnx file that OnnxRun and OnnxRuntimeRun read: an LSTM and a linear map.

    /usr/bin/python3 src/bench/onnx_model.py FILE

PyTorch exports it, in float32, for any batch of sequences of 100 steps.
"""

import sys

import torch

STEPS, FEATURES, HIDDEN, OUTPUTS = 100, 64, 128, 10


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(FEATURES, HIDDEN, batch_first=True)
        self.head = torch.nn.Linear(HIDDEN, OUTPUTS)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


def main():
    torch.manual_seed(0)
    torch.onnx.export(
        Model().eval(),
        torch.zeros(1, STEPS, FEATURES),
        sys.argv[1],
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
        opset_version=13,
    )


if __name__ == "__main__":
    main()
