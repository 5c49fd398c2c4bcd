# SPDX-License-Identifier: Apache-2.0
"""The machine's matmul rate in JAX."""

import statistics
import time

import jax
import jax.numpy as jnp

SIZE = 2000


def matmul_rate() -> float:
    """FLOP/s of a product of two float32 matrices of SIZE rows, the median of five."""
    a, b = jax.random.normal(jax.random.key(0), (2, SIZE, SIZE))
    multiply = jax.jit(jnp.matmul)
    jax.block_until_ready(multiply(a, b))
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        jax.block_until_ready(multiply(a, b))
        seconds.append(time.perf_counter() - start)
    return 2 * SIZE**3 / statistics.median(seconds)
