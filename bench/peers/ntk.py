# SPDX-License-Identifier: Apache-2.0
"""The empirical tangent kernel of the logits in JAX, Θ[n,k,m,j] = <∂z_k(n), ∂z_j(m)> over all that is trained: two
general ways that know nothing of the network, and one that uses its structure (docs/mathematics.md section 6)."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp

import mnist
from network import Affine, Frozen, Pair, Weights, features, forward, initial
from rate import matmul_rate
from setting import CLASSES, Setting
from subject import Subject

Kernel = Callable[[Frozen, Weights, jax.Array], jax.Array]  # probes (n, D) to (n, K, n, K)


def logits_of(frozen: Frozen, weights: Weights, x: jax.Array) -> jax.Array:
    return forward(frozen, weights, x).stream @ frozen.U


def by_jacobian(frozen: Frozen, weights: Weights, x: jax.Array) -> jax.Array:
    """Every sample's Jacobian, and its product with every other's. It holds n·K numbers for every weight."""

    def one(weights: Weights, sample: jax.Array) -> jax.Array:
        return logits_of(frozen, weights, sample[None])[0]

    jacobian = jax.vmap(jax.jacrev(one), (None, 0))(weights, x)
    rows = [leaf.reshape(*leaf.shape[:2], -1) for leaf in jax.tree.leaves(jacobian)]  # each (n, K, weights of the leaf)
    return jnp.sum(jnp.stack([jnp.einsum("nkw,mjw->nkmj", leaf, leaf) for leaf in rows]), axis=0)


def by_products(frozen: Frozen, weights: Weights, x: jax.Array) -> jax.Array:
    """Sample by sample JJᵀ times every unit vector of its logits: a pull-back at the one, a push-forward at all."""

    def columns(sample: jax.Array) -> jax.Array:
        _, pull = jax.vjp(lambda z: logits_of(frozen, z, sample[None])[0], weights)
        push = partial(jax.jvp, lambda z: logits_of(frozen, z, x), (weights,))
        return jax.vmap(lambda unit: push(pull(unit))[1])(jnp.eye(CLASSES))  # (K, m, K)

    return jax.lax.map(columns, x)


def by_structure(frozen: Frozen, weights: Weights, x: jax.Array) -> jax.Array:
    """Σ_c (Φ_cΦ_cᵀ)[n,m] · (δ_cδ_cᵀ)[nk,mj]: K pull-backs in all, then products of matrices."""
    inputs = forward(frozen, weights, x).inputs
    shifts = [(jnp.zeros_like(x2), jnp.zeros_like(y1)) for x2, y1 in inputs]

    def shifted(shifts: list[Pair]) -> jax.Array:
        """The logits with something added to what each coupling puts out."""
        moved = [(Affine(F.W, F.b + sF), Affine(G.W, G.b + sG)) for (F, G), (sF, sG) in zip(weights, shifts, strict=True)]
        return logits_of(frozen, moved, x)

    _, pull = jax.vjp(shifted, shifts)
    units = jnp.broadcast_to(jnp.eye(CLASSES)[:, None], (CLASSES, len(x), CLASSES))
    (deltas,) = jax.vmap(pull)(units)  # a sample's logits depend on its own shift alone, so all samples go at once
    total = jnp.zeros((len(x), CLASSES, len(x), CLASSES))
    for block, (at, of) in enumerate(zip(inputs, deltas, strict=True)):
        for C, entry, delta in zip(frozen.C[block], at, of, strict=True):
            phi = features(block, C, entry)
            rows = delta.swapaxes(0, 1).reshape(len(x) * CLASSES, -1)
            total += (phi @ phi.T + 1)[:, None, :, None] * (rows @ rows.T).reshape(len(x), CLASSES, len(x), CLASSES)
    return total


def prepare(setting: Setting, kernel: Kernel) -> Subject:
    images, _ = mnist.batch(setting)
    x = jnp.asarray(images)
    frozen, weights = initial(setting, x.shape[1])
    compute = jax.jit(kernel)

    def facts() -> dict[str, float]:
        """Against the products, on so few probes that any way can run."""
        few = x[:2]
        want, got = by_products(frozen, weights, few), kernel(frozen, weights, few)
        return {"difference": float(jnp.linalg.norm(got - want) / jnp.linalg.norm(want))}

    return Subject(lambda: jax.block_until_ready(compute(frozen, weights, x)), matmul_rate, facts)
