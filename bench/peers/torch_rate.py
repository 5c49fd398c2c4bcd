# SPDX-License-Identifier: Apache-2.0
"""The machine's matmul rate in PyTorch."""

import statistics
import time

import torch

from rate import SIZE


def matmul_rate() -> float:
    """FLOP/s of a product of two float32 matrices of SIZE rows, the median of five."""
    a, b = torch.randn(2, SIZE, SIZE)
    a @ b
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        a @ b
        seconds.append(time.perf_counter() - start)
    return 2 * SIZE**3 / statistics.median(seconds)
