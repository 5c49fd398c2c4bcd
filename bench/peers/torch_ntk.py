# SPDX-License-Identifier: Apache-2.0
"""The empirical tangent kernel of the logits with torch.func, in the two ways of its tutorial on the subject."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import torch
from torch.func import jacrev, jvp, vjp, vmap

import mnist
import network
import ntk
from setting import CLASSES, Setting
from subject import Subject
from torch_rate import matmul_rate

Weights = dict[str, torch.Tensor]
Logits = Callable[[Weights, torch.Tensor], torch.Tensor]  # weights and x (n, D) to (n, K)
Kernel = Callable[[Logits, Weights, torch.Tensor], torch.Tensor]  # to (n, K, n, K)


def by_jacobian(logits_of: Logits, weights: Weights, x: torch.Tensor) -> torch.Tensor:
    """Every sample's Jacobian, and its product with every other's."""
    jacobian = vmap(jacrev(lambda w, sample: logits_of(w, sample[None])[0]), (None, 0))(weights, x)
    rows = [leaf.flatten(2) for leaf in jacobian.values()]
    return torch.stack([torch.einsum("nkw,mjw->nkmj", leaf, leaf) for leaf in rows]).sum(0)


def by_products(logits_of: Logits, weights: Weights, x: torch.Tensor) -> torch.Tensor:
    """Sample by sample JJᵀ times every unit vector of its logits."""

    def columns(sample: torch.Tensor) -> torch.Tensor:
        pull = vjp(lambda w: logits_of(w, sample[None])[0], weights)[1]
        return vmap(lambda unit: jvp(lambda w: logits_of(w, x), (weights,), pull(unit))[1])(torch.eye(CLASSES))

    return torch.stack([columns(sample) for sample in x])


def logits_function(setting: Setting, frozen: network.Frozen) -> Logits:
    """The network of network.py."""
    C = [[torch.from_numpy(np.array(c)) for c in pair] for pair in frozen.C]
    U = torch.from_numpy(np.array(frozen.U))

    def logits_of(weights: Weights, x: torch.Tensor) -> torch.Tensor:
        x1, x2 = x.chunk(2, dim=1)
        for block in range(setting.blocks):
            for at, name in enumerate("FG"):
                phi = x2 @ C[block][at]
                phi = phi if block == 0 else torch.relu(phi)
                x1, x2 = x2, x1 + phi @ weights[f"{block}{name}.W"] + weights[f"{block}{name}.b"]
        return torch.cat([x1, x2], dim=1) @ U

    return logits_of


def prepare(setting: Setting, kernel: Kernel) -> Subject:
    images, _ = mnist.batch(setting)
    x = torch.from_numpy(images)
    frozen, initial = network.initial(setting, x.shape[1])
    weights = {
        f"{block}{name}.{part}": torch.from_numpy(np.array(value))
        for block, pair in enumerate(initial)
        for name, z in zip("FG", pair, strict=True)
        for part, value in z._asdict().items()
    }
    logits_of = logits_function(setting, frozen)

    def facts() -> dict[str, float]:
        """Against JAX, on few probes."""
        want = np.array(ntk.by_products(frozen, initial, jnp.asarray(images[:2])))
        got = kernel(logits_of, weights, x[:2]).numpy()
        return {"difference": float(np.linalg.norm(got - want) / np.linalg.norm(want))}

    def run() -> None:
        kernel(logits_of, weights, x)

    return Subject(run, matmul_rate, facts)
