# SPDX-License-Identifier: Apache-2.0
"""What a program hands to the worker that times it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """A computation to time, warmed up by its first call."""

    run: Callable[[], None]  # one step or one kernel, from arrays on the host to a result that is there
    matmul: Callable[[], float]  # FLOP/s of a product of square matrices in the same tool
    facts: Callable[[], dict[str, float]] = field(default=dict)  # measured once, outside the timed part
