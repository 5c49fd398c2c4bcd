# SPDX-License-Identifier: Apache-2.0
"""What every program is measured on: sizes, data and where they come from."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

CLASSES = 10
INIT_STD = 1e-3
LEARNING_RATE = 1e-3  # that of `revgn bench`: so small that all steps are those of the start


@dataclass(frozen=True)
class Setting:
    """One batch of MNIST and one network."""

    data_dir: Path
    batch: int = 1000
    hidden: int = 8000
    blocks: int = 2
    seed: int = 42

    @staticmethod
    def add_flags(parser: argparse.ArgumentParser) -> None:
        known = os.environ.get("REVGN_DATA")
        parser.add_argument("--data-dir", type=Path, default=known, required=known is None, help="folder that holds mnist/ with the IDX files, gzipped or not")
        parser.add_argument("--batch-size", type=int, default=1000)
        parser.add_argument("--hidden", type=int, default=8000)
        parser.add_argument("--blocks", type=int, default=2)
        parser.add_argument("--seed", type=int, default=42)

    @staticmethod
    def of(args: argparse.Namespace) -> "Setting":
        return Setting(args.data_dir, args.batch_size, args.hidden, args.blocks, args.seed)

    def flags(self) -> list[str]:
        """The same for a program that took add_flags, `revgn bench` included."""
        sizes = {"batch-size": self.batch, "hidden": self.hidden, "blocks": self.blocks, "seed": self.seed}
        return ["--data-dir", str(self.data_dir)] + [word for name, value in sizes.items() for word in (f"--{name}", str(value))]
