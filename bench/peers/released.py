# SPDX-License-Identifier: Apache-2.0
"""The step of the code that the authors of arXiv 2411.07979 released, from a checkout of it, as their training loop makes it."""

import sys
from pathlib import Path

import numpy as np
import torch

import mnist
from setting import CLASSES, INIT_STD, LEARNING_RATE, Setting
from subject import Subject
from torch_rate import matmul_rate


def prepare(setting: Setting, checkout: Path) -> Subject:
    """With the options of their configuration for MNIST in mini-batches."""
    sys.path[:0] = [str(checkout), str(checkout / "research" / "RevMLP")]
    from fastbreak import CrossEntropyLoss
    from model.reversible_mlp import RevMLP

    torch.manual_seed(setting.seed)
    images, classes = mnist.batch(setting)
    x, labels = torch.from_numpy(images), torch.from_numpy(np.eye(CLASSES, dtype=np.float32)[classes])
    loss_of = CrossEntropyLoss(use_identity=True)
    model = RevMLP(
        feature_dim=x.shape[1],
        num_layers=setting.blocks,
        loss_func=loss_of,
        hidden_dim=setting.hidden,
        output_dim=CLASSES,
        bias=True,
        non_linearity=True,
        inv_method="default",
        inv_method_args={"rtol": 1e-2, "atol": 1e-5},
    )
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            torch.nn.init.normal_(module.weight, std=INIT_STD)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def run() -> None:
        optimizer.zero_grad()
        with torch.no_grad():
            output = model(x)
            loss = loss_of(output, labels, model.u_proj)
            model.backward(output, labels)
        optimizer.step()
        loss.item()

    def facts() -> dict[str, float]:
        """‖JΔ - v‖/‖v‖ with JΔ by one forward-mode pass along the gradients that the step left, divided by L as the
        equal split would have it."""
        model.zero_grad()
        with torch.no_grad():
            output = model(x)
            model.backward(output, labels)
            wanted = loss_of.compute_pseudoinv_hessian_epsilon(output=output, target=labels, U_proj=model.u_proj)
        trained = {name: p for name, p in model.named_parameters() if p.grad is not None}
        point = {name: p.detach() for name, p in trained.items()}
        delta = {name: p.grad / setting.blocks for name, p in trained.items()}
        achieved = torch.func.jvp(lambda p: torch.func.functional_call(model, p, (x, True)), (point,), (delta,))[1]
        missed, norm = achieved - wanted, torch.linalg.norm
        return {
            "certificate": float(norm(missed) / norm(wanted)),
            "certificate_logits": float(norm(missed @ model.u_proj) / norm(wanted @ model.u_proj)),
        }

    return Subject(run, matmul_rate, facts)
