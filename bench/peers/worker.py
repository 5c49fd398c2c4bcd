# SPDX-License-Identifier: Apache-2.0
"""Times one program in turns.

It answers on stdout, a JSON object a line: first what it knows of the program, then one object for every line of stdin,
which has the number of calls and the seconds after which a turn ends early.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from setting import Setting
from subject import Subject


def prepare(program: str, setting: Setting, released: Path | None) -> Subject:
    """Imports only what the program needs."""
    match program.split("-", 1):
        case ["released", "gn"] if released:
            import released as authors

            return authors.prepare(setting, released)
        case ["jax", "gn-cholesky"]:
            import gauss_newton

            return gauss_newton.prepare(setting, gauss_newton.by_cholesky(level=1e-5, refinements=1), carry=False)
        case ["jax", "gn-cholesky-carry"]:
            import gauss_newton

            return gauss_newton.prepare(setting, gauss_newton.by_cholesky(level=1e-5, refinements=1), carry=True)
        case ["jax", "gn-svd"]:
            import gauss_newton

            return gauss_newton.prepare(setting, gauss_newton.by_svd(rtol=1e-2, atol=1e-5), carry=False)
        case ["jax", ("sgd" | "adam") as name]:
            import baselines

            return baselines.prepare(setting, getattr(baselines, name))
        case ["jax", ("ntk-jacobian" | "ntk-products" | "ntk-structure") as name]:
            import ntk

            return ntk.prepare(setting, getattr(ntk, name.replace("ntk-", "by_")))
        case ["torch", ("ntk-jacobian" | "ntk-products") as name]:
            import torch_ntk

            return torch_ntk.prepare(setting, getattr(torch_ntk, name.replace("ntk-", "by_")))
    raise ValueError(f"program: got {program!r}, which is none of this folder's")


def turn(subject: Subject, calls: int, seconds: float) -> dict[str, object]:
    rate = subject.matmul()
    taken: list[float] = []
    while len(taken) < calls and sum(taken) < seconds:
        start = time.perf_counter()
        subject.run()
        taken.append(time.perf_counter() - start)
    return {"seconds": taken, "matmul": rate}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--released", type=Path)
    Setting.add_flags(parser)
    args = parser.parse_args()
    subject = prepare(args.program, Setting.of(args), args.released)
    start = time.perf_counter()
    subject.run()
    first = time.perf_counter() - start
    subject.run()
    print(json.dumps({"first_seconds": first, "facts": subject.facts()}), flush=True)
    for line in sys.stdin:
        calls, seconds = line.split()
        print(json.dumps(turn(subject, int(calls), float(seconds))), flush=True)


if __name__ == "__main__":
    main()
