#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recompute one Gauss-Newton step of revgn in float64, with NumPy alone.

    revgn export RUN --step N   --out before.npz
    revgn export RUN --step N+1 --out after.npz --batch
    python3 recompute_step.py before.npz after.npz --alpha 0.2

after.npz holds the batch of the step that led to it. From both sets of weights come the step dZ = (Z_before - Z_after)/alpha
and the change of the network that it asks for, which is compared with what Gauss-Newton wants: u = p - y on the logits
(z - y for mse), v = u U^T on the stream. Symbols as in docs/mathematics.md. Rows are samples. Weights in float32 are
rounded after the step, which alone puts a floor of the order of 1e-7 |Phi| |Z| / (alpha |v|) under the figures.
"""
import argparse
import math
import sys

import numpy as np

erf = np.vectorize(math.erf, otypes=[float])
sigmoid = lambda a: 0.5 * (1 + np.tanh(a / 2))
# name: (sigma, its derivative); relu has slope 0 at 0 and leaky-relu 0.01.
ACTIVATIONS = {
    "identity": (lambda a: a, np.ones_like),
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
    "leaky-relu": (lambda a: np.where(a > 0, a, 0.01 * a), lambda a: np.where(a > 0, 1, 0.01)),
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "silu": (lambda a: a * sigmoid(a), lambda a: sigmoid(a) * (1 + a * (1 - sigmoid(a)))),
    "gelu": (lambda a: a * (1 + erf(a / math.sqrt(2))) / 2,
             lambda a: (1 + erf(a / math.sqrt(2))) / 2 + a * np.exp(-a * a / 2) / math.sqrt(2 * math.pi)),
}


def load(path):
    with np.load(path) as file:
        return {name: file[name].astype(np.float64) for name in file.files}


def couplings(arrays, act, first):
    """[(C, Z, sigma, slope)] in the order block0.f, block0.g, block1.f, ...; Z = [W; b], or W alone without bias."""
    out = []
    while f"block{len(out) // 2}.f.C" in arrays:
        for name in (f"block{len(out) // 2}.f", f"block{len(out) // 2}.g"):
            Z = np.vstack([arrays[k] for k in (name + ".W", name + ".b") if k in arrays])
            out.append((arrays[name + ".C"], Z, *ACTIVATIONS[first if len(out) < 2 else act]))
    return out


def network(net, x, dZ):
    """The output stream, and its tangent along dZ: the output of a coupling, Phi Z, moves by Phi dZ + (slope * (dx C)) W."""
    (x1, x2), (t1, t2) = np.hsplit(x, 2), np.hsplit(np.zeros_like(x), 2)
    for (C, Z, sigma, slope), dz in zip(net, dZ):
        a, h = x2 @ C, C.shape[1]
        phi = np.hstack([sigma(a), np.ones((len(x), len(Z) - h))])
        # After F the new left half drives G, so the halves change places; after G they are back.
        x1, x2 = x2, x1 + phi @ Z
        t1, t2 = t2, t1 + phi @ dz + (slope(a) * (t2 @ C)) @ Z[:h]
    return np.hstack([x1, x2]), np.hstack([t1, t2])


def main():
    p = argparse.ArgumentParser(description="Recompute one Gauss-Newton step of revgn in float64.")
    p.add_argument("before")
    p.add_argument("after", help="the next step, exported with --batch")
    p.add_argument("--alpha", type=float, required=True, help="the step size (--lr of the run)")
    p.add_argument("--loss", choices=["cross-entropy", "mse"], default="cross-entropy")
    p.add_argument("--activation", choices=list(ACTIVATIONS), default="relu")
    p.add_argument("--first-activation", choices=list(ACTIVATIONS), default="identity")
    p.add_argument("--tol", type=float, default=math.inf, help="exit with 3 where a certificate is above it")
    o = p.parse_args()

    before, after = load(o.before), load(o.after)
    if "batch.x" not in after:
        sys.exit(f"{o.after} has no batch.x: export it with --batch")
    if "block0.f.W0" in after:
        sys.exit(f"{o.after} is of a linearised or scaled network, whose logits are others than those computed here")
    x, y, U = after["batch.x"], after["batch.y"].astype(int), before["readout.U"]
    old, new = (couplings(a, o.activation, o.first_activation) for a in (before, after))
    dZ = [(a[1] - b[1]) / o.alpha for a, b in zip(old, new)]

    stream, tangent = network(old, x, dZ)
    z = stream @ U
    top = z - z.max(axis=1, keepdims=True)
    u = np.exp(top) / np.exp(top).sum(axis=1, keepdims=True) if o.loss == "cross-entropy" else z.copy()
    u[np.arange(len(y)), y] -= 1
    v = u @ U.T

    shift = 1e-7 * o.alpha
    moved = [(C, Z - shift * d, *act) for (C, Z, *act), d in zip(old, dZ)]
    forward = (z - network(moved, x, dZ)[0] @ U) / shift
    change = network(new, x, dZ)[0] @ U - z

    rel = lambda got, want: np.linalg.norm(got - want) / np.linalg.norm(want)
    cert, cert_logits, difference = rel(tangent, v), rel(tangent @ U, u), rel(forward, u)
    print(f"samples                                      {len(y)}")
    print(f"cert         |J dZ - v| / |v| on the stream  {cert:.3e}")
    print(f"cert_logits  the same on the logits          {cert_logits:.3e}")
    print(f"difference   the same by forward difference  {difference:.3e}")
    print(f"gain         <J dZ, v> / |v|^2               {np.vdot(tangent, v) / np.vdot(v, v):.9f}")
    print(f"linear       |f_after - f_before + alpha J dZ| / |alpha J dZ|  {rel(change, -o.alpha * tangent @ U):.3e}")
    # The forward difference has an error of its own, of the order of the shift over alpha.
    sys.exit(0 if max(cert, cert_logits, difference - 1e-6) <= o.tol else 3)


if __name__ == "__main__":
    main()
