# SPDX-License-Identifier: Apache-2.0
"""Times revgn and other programs in alternation, A B C A B C ..., at the same sizes on one machine in one run.

README.md beside this file says what each program is.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from environment import environment
from programs import HERE, Program, Revgn, Spread, Turn, Worker
from setting import Setting


@dataclass(frozen=True)
class Group:
    """Programs that do the same; the first is what the others are compared with."""

    name: str
    what: str
    programs: list[str]
    probes: bool = False  # of --probes samples rather than --batch-size


GROUPS = [
    Group("gn", "a split Gauss-Newton step", ["revgn-gn", "jax-gn-cholesky-carry", "jax-gn-cholesky", "jax-gn-svd", "released-gn", "revgn-legacy"]),
    Group("sgd", "a step of SGD", ["revgn-sgd", "jax-sgd"]),
    Group("adam", "a step of Adam", ["revgn-adam", "jax-adam"]),
    Group(
        "ntk",
        "the full tangent kernel of a few probes",
        ["revgn-ntk", "jax-ntk-structure", "jax-ntk-jacobian", "jax-ntk-products", "torch-ntk-jacobian", "torch-ntk-products"],
        probes=True,
    ),
    Group("ntk-full", "the full tangent kernel of a batch", ["revgn-ntk", "jax-ntk-structure"]),
]

REVGN = {
    "revgn-gn": ["--optimizer", "gn"],
    "revgn-legacy": ["--optimizer", "gn", "--legacy"],
    "revgn-sgd": ["--optimizer", "sgd"],
    "revgn-adam": ["--optimizer", "adam"],
    "revgn-ntk": ["--analysis", "ntk-full"],
}


def flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--revgn", type=Path, default=HERE.parent.parent / "bin" / "revgn", help="the program to compare")
    parser.add_argument("--only", default=",".join(g.name for g in GROUPS), help="groups, separated by commas")
    parser.add_argument("--programs", help="of these groups, only these programs, separated by commas; all that can run where it is not given")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each program")
    parser.add_argument("--steps", type=int, default=5, help="steps a turn")
    parser.add_argument("--turn-seconds", type=float, default=10, help="a turn of a slow program ends after so long, with one step at least")
    parser.add_argument("--probes", type=int, default=8, help="samples for the general tangent kernels, which need n·K numbers for every weight")
    parser.add_argument("--torch", action="store_true", help="also the PyTorch programs; installs PyTorch")
    parser.add_argument("--released", type=Path, help="checkout of the authors' code, mtkresearch/exact_GN_revNN; with --torch")
    parser.add_argument("--venv", type=Path, default=HERE / ".venv", help="virtual environment, made where it is not there")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    Setting.add_flags(parser)
    args = parser.parse_args()
    for option, given, allowed in [
        ("only", args.only, [g.name for g in GROUPS]),
        ("programs", args.programs, sorted({name for g in GROUPS for name in g.programs})),
    ]:
        for name in given.split(",") if given else []:
            if name not in allowed:
                parser.error(f"{option}: got {name!r}; allowed: {', '.join(allowed)}")
    if args.released and not args.torch:
        parser.error("released: it needs PyTorch; give --torch too")
    return args


def chosen(group: Group, args: argparse.Namespace) -> list[str]:
    """The programs that are asked for and can run."""
    present = {"revgn": True, "jax": True, "torch": args.torch, "released": args.released is not None}
    return [name for name in group.programs if present[name.split("-")[0]] and (args.programs is None or name in args.programs.split(","))]


def alternate(programs: list[Program], args: argparse.Namespace) -> dict[str, list[Turn]]:
    turns: dict[str, list[Turn]] = {p.name: [] for p in programs}
    for number in range(args.rounds):
        for program in programs:
            print(f"  round {number + 1} of {args.rounds}: {program.name}", file=sys.stderr, flush=True)
            turns[program.name].append(program.turn(args.steps, args.turn_seconds))
    return turns


def summary(program: Program, turns: list[Turn], base: list[Turn]) -> dict:
    """Times over all steps; the ratio round by round, so that a machine whose speed drifts drifts out of it."""
    ratios = [Spread.of(a.seconds).median / Spread.of(b.seconds).median for a, b in zip(turns, base, strict=True)]
    return {
        "program": program.name,
        "seconds": asdict(Spread.of([s for t in turns for s in t.seconds])),
        "ratio": asdict(Spread.of(ratios)),
        "matmul": asdict(Spread.of([t.matmul for t in turns])),
        "facts": program.facts,
        "turns": [asdict(t) for t in turns],
    }


def measure(group: Group, start: Callable[[str], Program], args: argparse.Namespace) -> list[dict]:
    wanted = chosen(group, args)
    programs: list[Program] = []
    try:
        for name in wanted:
            print(f"  {name}: starting", file=sys.stderr, flush=True)
            programs.append(start(name))
        turns = alternate(programs, args)
    finally:
        for program in programs:
            program.close()
    return [summary(p, turns[p.name], turns[programs[0].name]) for p in programs]


def table(rows: list[dict]) -> str:
    """In Markdown. A certificate is ‖JΔZ - v‖/‖v‖ on the stream."""
    lines = ["| program | seconds (quartiles) | times as long (quartiles) | matmul, GFLOP/s | certificate |", "|---|---|---|---|---|"]
    for row in rows:
        s, r, cert = row["seconds"], row["ratio"], row["facts"].get("certificate")
        lines.append(
            f"| {row['program']} | {s['median']:.4g} ({s['q1']:.4g} to {s['q3']:.4g}) | {r['median']:.2f} ({r['q1']:.2f} to {r['q3']:.2f}) "
            f"| {row['matmul']['median'] / 1e9:.0f} | {'' if cert is None else f'{cert:.1e}'} |"
        )
    return "\n".join(lines)


def compare(args: argparse.Namespace) -> None:
    python = environment(args.venv, args.torch)
    setting = Setting.of(args)
    report: dict = {
        "machine": platform.platform(),
        "processors": os.cpu_count(),
        "batch": setting.batch,
        "hidden": setting.hidden,
        "blocks": setting.blocks,
        "probes": args.probes,
        "rounds": args.rounds,
        "steps": args.steps,
        "groups": {},
    }
    for group in GROUPS:
        if group.name not in args.only.split(",") or not chosen(group, args):
            continue
        sized = replace(setting, batch=args.probes) if group.probes else setting

        def start(name: str, sized: Setting = sized) -> Program:
            return Revgn(name, args.revgn, sized, REVGN[name]) if name in REVGN else Worker(name, python, sized, args.released)

        report["groups"][group.name] = rows = measure(group, start, args)
        print(f"\n{group.name}: {group.what}, B = {sized.batch}, h = {sized.hidden}, L = {sized.blocks}\n\n{table(rows)}", flush=True)
        if args.json:
            args.json.write_text(json.dumps(report, indent=1))


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"peers: Python: got {platform.python_version()}; JAX as it is pinned wants 3.11 or newer")
    try:
        compare(flags())
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"peers: {error}")


if __name__ == "__main__":
    main()
