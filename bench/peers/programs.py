# SPDX-License-Identifier: Apache-2.0
"""Programs that are timed in turns, each in a process of its own."""

import json
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO, cast

from setting import Setting

HERE = Path(__file__).parent
MATMUL_SIZE = 2000


@dataclass(frozen=True)
class Turn:
    seconds: list[float]  # of every step
    matmul: float  # FLOP/s of a square product in the same tool


class Program(Protocol):
    name: str
    facts: dict[str, float]

    def turn(self, calls: int, seconds: float) -> Turn:
        """Makes so many steps, fewer if they take longer than that."""

    def close(self) -> None: ...


class Worker:
    """A program of this folder. Its process stays, idle between turns, so that nothing is compiled twice."""

    def __init__(self, name: str, python: Path, setting: Setting, released: Path | None) -> None:
        self.name = name
        flags = ["--released", str(released)] if released else []
        command = [str(python), str(HERE / "worker.py"), name, *setting.flags(), *flags]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.answers, self.orders = cast(TextIO, self.process.stdout), cast(TextIO, self.process.stdin)
        ready = self._read()
        self.facts = {"first_seconds": ready["first_seconds"], **ready["facts"]}

    def _read(self) -> dict:
        line = self.answers.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError(f"{self.name}: ended early: {self.errors.read().strip()[-2000:]}")
        return json.loads(line)

    def turn(self, calls: int, seconds: float) -> Turn:
        print(calls, seconds, file=self.orders, flush=True)
        return Turn(**self._read())

    def close(self) -> None:
        self.process.communicate()
        self.errors.close()


class Revgn:
    """`revgn bench`, once a turn."""

    def __init__(self, name: str, binary: Path, setting: Setting, flags: list[str]) -> None:
        self.name = name
        self.facts: dict[str, float] = {}
        self.command = [str(binary), "bench", "--preset", "mnist-minibatch", "--phases=false", "--matmul-size", str(MATMUL_SIZE), *setting.flags(), *flags]

    def turn(self, calls: int, seconds: float) -> Turn:
        del seconds  # it compiles anew every time: what bounds a turn is the number of steps
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bench.json"
            done = subprocess.run([*self.command, "--repeat", str(calls), "--json", str(file)], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{self.name}: {done.stderr.strip()[-2000:]}")
            result = json.loads(file.read_text())["results"][0]
        if result["inputs"] != "mnist":
            raise RuntimeError(f"{self.name}: inputs: got {result['inputs']}; want mnist: check --data-dir")
        self.facts = {name: result[name] for name in ("compile_seconds", "operations")}
        if result["certified"]:
            self.facts["certificate"] = result["certificate"]
        return Turn(result["samples"], result["matmul"]["per_second"]["median"])

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Spread:
    median: float
    q1: float
    q3: float

    @staticmethod
    def of(values: list[float]) -> "Spread":
        if len(values) == 1:
            return Spread(values[0], values[0], values[0])
        q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
        return Spread(median, q1, q3)
