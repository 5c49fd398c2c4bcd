# SPDX-License-Identifier: Apache-2.0
"""The reversible network in JAX, as in docs/mathematics.md section 1."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from setting import CLASSES, INIT_STD, Setting

Pair = tuple[jax.Array, jax.Array]


class Affine(NamedTuple):
    """What a coupling trains."""

    W: jax.Array  # (h, d)
    b: jax.Array  # (d,)


Weights = list[tuple[Affine, Affine]]  # F and G of each block


class Frozen(NamedTuple):
    """What nothing trains."""

    C: list[Pair]  # of F and G of each block, (d, h)
    U: jax.Array  # (D, K), orthonormal columns


class Trace(NamedTuple):
    """A forward pass."""

    inputs: list[Pair]  # of F and G of each block, (B, d)
    stream: jax.Array  # what comes out, (B, D)


def features(block: int, C: jax.Array, x: jax.Array) -> jax.Array:
    """σ(xC), (B, h); σ is the identity in block 0."""
    return x @ C if block == 0 else jax.nn.relu(x @ C)


def affine(z: Affine, phi: jax.Array) -> jax.Array:
    return phi @ z.W + z.b


def coupling(block: int, C: jax.Array, z: Affine, x: jax.Array) -> jax.Array:
    return affine(z, features(block, C, x))


def forward(frozen: Frozen, weights: Weights, x: jax.Array) -> Trace:
    x1, x2 = jnp.split(x, 2, axis=1)
    inputs = []
    for block, ((CF, CG), (F, G)) in enumerate(zip(frozen.C, weights, strict=True)):
        y1 = x1 + coupling(block, CF, F, x2)
        y2 = x2 + coupling(block, CG, G, y1)
        inputs.append((x2, y1))
        x1, x2 = y1, y2
    return Trace(inputs, jnp.concatenate([x1, x2], axis=1))


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean over the batch."""
    picked = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -picked.mean()


def initial(setting: Setting, width: int) -> tuple[Frozen, Weights]:
    """C from N(0, 1/h), W from N(0, INIT_STD²), b = 0, U the Q of a Gaussian matrix's QR."""
    rng, d, h = np.random.default_rng(setting.seed + 1), width // 2, setting.hidden

    def gaussian(rows: int, columns: int, std: float) -> jax.Array:
        return jnp.asarray(std * rng.standard_normal((rows, columns), np.float32))

    C = [(gaussian(d, h, h**-0.5), gaussian(d, h, h**-0.5)) for _ in range(setting.blocks)]

    def trained() -> Affine:
        return Affine(gaussian(h, d, INIT_STD), jnp.zeros(d))

    weights = [(trained(), trained()) for _ in range(setting.blocks)]
    return Frozen(C, jnp.linalg.qr(gaussian(width, CLASSES, 1.0))[0]), weights
