# SPDX-License-Identifier: Apache-2.0
"""The split Gauss-Newton step in JAX (docs/mathematics.md sections 2 and 3), with the solver of one's choice.

Every coupling is treated alike, tangents are jax.jvp, and what is computed twice is left to XLA to find.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax.scipy.linalg import cho_factor, cho_solve

import mnist
from network import Affine, Frozen, Pair, Trace, Weights, affine, coupling, cross_entropy, features, forward, initial
from rate import matmul_rate
from setting import CLASSES, LEARNING_RATE, Setting
from subject import Subject

Solver = Callable[[jax.Array, jax.Array], Affine]  # φ (B, h) and T (B, d) to A with [φ, 1] A = T


def by_cholesky(level: float, refinements: int) -> Solver:
    """ΦΦᵀ + μI, μ = level · mean(diag ΦΦᵀ), and so many refinements with the residual T - ΦA."""

    def solve(phi: jax.Array, target: jax.Array) -> Affine:
        gram = phi @ phi.T + 1
        shift = level * jnp.trace(gram) / len(gram)
        factor = cho_factor(gram + shift * jnp.eye(len(gram)))

        def once(rest: jax.Array) -> Affine:
            y = cho_solve(factor, rest)
            return Affine(phi.T @ y, y.sum(0))

        a = once(target)
        for _ in range(refinements):
            a = jax.tree.map(jnp.add, a, once(target - affine(a, phi)))
        return a

    return solve


def by_svd(rtol: float, atol: float) -> Solver:
    """Φ⁺T by a thin SVD that drops singular values under max(rtol·σmax, atol)."""

    def solve(phi: jax.Array, target: jax.Array) -> Affine:
        augmented = jnp.concatenate([phi, jnp.ones((len(phi), 1))], axis=1)
        u, s, vt = jnp.linalg.svd(augmented, full_matrices=False)
        inverse = jnp.where(s >= jnp.maximum(rtol * s[0], atol), 1 / s, 0)
        a = vt.T @ (inverse[:, None] * (u.T @ target))
        return Affine(a[:-1], a[-1])

    return solve


def tangent(block: int, C: jax.Array, z: Affine, x: jax.Array, direction: jax.Array) -> jax.Array:
    """DF(x)[direction]."""
    return jax.jvp(partial(coupling, block, C, z), (x,), (direction,))[1]


def pull_back(frozen: Frozen, weights: Weights, trace: Trace, wanted: jax.Array) -> list[Pair]:
    """The wanted change at the output of every block, from the top one down."""
    t1, t2 = jnp.split(wanted, 2, axis=1)
    targets: list[Pair] = []
    for block in reversed(range(len(weights))):
        targets.insert(0, (t1, t2))
        (CF, CG), (F, G), (x2, y1) = frozen.C[block], weights[block], trace.inputs[block]
        s2 = t2 - tangent(block, CG, G, y1, t1)
        t1, t2 = t1 - tangent(block, CF, F, x2, s2), s2
    return targets


def direction(solve: Solver, carry: bool, frozen: Frozen, weights: Weights, x: jax.Array, labels: jax.Array) -> tuple[Weights, jax.Array, jax.Array]:
    """ΔZ, the change v of the stream that it is to make, and the loss. Every block is given 1/L of the change; with
    carry, what the blocks below leave undone is given to those above."""
    trace = forward(frozen, weights, x)
    logits = trace.stream @ frozen.U
    wanted = (jax.nn.softmax(logits) - jax.nn.one_hot(labels, CLASSES)) @ frozen.U.T
    targets = pull_back(frozen, weights, trace, wanted)
    delta: Weights = []
    s1 = s2 = jnp.zeros_like(targets[0][0])
    for block, (t1, t2) in enumerate(targets):
        (CF, CG), (F, G), (x2, y1) = frozen.C[block], weights[block], trace.inputs[block]
        share = (block + 1 if carry else 1) / len(targets)
        arrived = s1 + tangent(block, CF, F, x2, s2) if carry and block > 0 else s1
        phi = features(block, CF, x2)
        dF = solve(phi, share * t1 - arrived)
        r1 = arrived + affine(dF, phi)
        passed = s2 + tangent(block, CG, G, y1, r1)
        phi = features(block, CG, y1)
        dG = solve(phi, share * t2 - passed)
        delta.append((dF, dG))
        if carry:
            s1, s2 = r1, passed + affine(dG, phi)
    return delta, wanted, cross_entropy(logits, labels)


def certificate(frozen: Frozen, weights: Weights, x: jax.Array, delta: Weights, wanted: jax.Array) -> dict[str, float]:
    """‖JΔZ - v‖/‖v‖ on the stream and on the logits, JΔZ by one jvp of the whole network."""
    _, achieved = jax.jvp(lambda z: forward(frozen, z, x).stream, (weights,), (delta,))
    missed, norm = achieved - wanted, jnp.linalg.norm
    return {"certificate": float(norm(missed) / norm(wanted)), "certificate_logits": float(norm(missed @ frozen.U) / norm(wanted @ frozen.U))}


def prepare(setting: Setting, solve: Solver, carry: bool) -> Subject:
    x, labels = mnist.batch(setting)
    frozen, weights = initial(setting, x.shape[1])
    find = partial(direction, solve, carry)

    @partial(jax.jit, donate_argnums=1)
    def step(frozen: Frozen, weights: Weights, x: jax.Array, labels: jax.Array) -> tuple[Weights, jax.Array]:
        delta, _, loss = find(frozen, weights, x, labels)
        return jax.tree.map(lambda z, dz: z - LEARNING_RATE * dz, weights, delta), loss

    def run() -> None:
        nonlocal weights
        weights, loss = jax.block_until_ready(step(frozen, weights, x, labels))
        float(loss)

    def facts() -> dict[str, float]:
        delta, wanted, _ = jax.jit(find)(frozen, weights, x, labels)
        return certificate(frozen, weights, jnp.asarray(x), delta, wanted)

    return Subject(run, matmul_rate, facts)
