# SPDX-License-Identifier: Apache-2.0
"""Steps of SGD and Adam in JAX."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

import mnist
from network import Frozen, Weights, cross_entropy, forward, initial
from rate import matmul_rate
from setting import LEARNING_RATE, Setting
from subject import Subject


class State(NamedTuple):
    """What a step changes; SGD has no mean and no square."""

    weights: Weights
    mean: Weights
    square: Weights
    steps: jax.Array


Rule = Callable[[State, Weights], State]


def sgd(state: State, gradient: Weights) -> State:
    return state._replace(weights=jax.tree.map(lambda z, g: z - LEARNING_RATE * g, state.weights, gradient))


def adam(state: State, gradient: Weights) -> State:
    """Kingma and Ba, arXiv 1412.6980, with their defaults."""
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    steps = state.steps + 1
    mean = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, state.mean, gradient)
    square = jax.tree.map(lambda s, g: beta2 * s + (1 - beta2) * g * g, state.square, gradient)

    def moved(z: jax.Array, m: jax.Array, s: jax.Array) -> jax.Array:
        return z - LEARNING_RATE * (m / (1 - beta1**steps)) / (jnp.sqrt(s / (1 - beta2**steps)) + epsilon)

    return State(jax.tree.map(moved, state.weights, mean, square), mean, square, steps)


def prepare(setting: Setting, rule: Rule) -> Subject:
    x, labels = mnist.batch(setting)
    frozen, weights = initial(setting, x.shape[1])

    def moment() -> Weights:
        return jax.tree.map(jnp.zeros_like, weights) if rule is adam else []

    state = State(weights, moment(), moment(), jnp.zeros((), jnp.int32))

    def loss_of(weights: Weights, frozen: Frozen, x: jax.Array, labels: jax.Array) -> jax.Array:
        return cross_entropy(forward(frozen, weights, x).stream @ frozen.U, labels)

    @partial(jax.jit, donate_argnums=1)
    def step(frozen: Frozen, state: State, x: jax.Array, labels: jax.Array) -> tuple[State, jax.Array]:
        loss, gradient = jax.value_and_grad(loss_of)(state.weights, frozen, x, labels)
        return rule(state, gradient), loss

    def run() -> None:
        nonlocal state
        state, loss = jax.block_until_ready(step(frozen, state, x, labels))
        float(loss)

    return Subject(run, matmul_rate)
