/** The .pt and .pth files of PyTorch's {@code torch.save}, read as data. */
package io.github.unroll.io.torch;
