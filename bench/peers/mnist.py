# SPDX-License-Identifier: Apache-2.0
"""Reads MNIST from its IDX files."""

import gzip
from pathlib import Path

import numpy as np

from setting import Setting

MEAN, STD = 0.1307, 0.3081


def idx(folder: Path, name: str) -> np.ndarray:
    """An IDX file of bytes as an array, gzipped or not."""
    packed = folder / f"{name}.gz"
    raw = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / name).read_bytes()
    dims = raw[3]
    shape = np.frombuffer(raw, ">u4", dims, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dims).reshape(shape)


def batch(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """A batch of the training images, (B, 784) float32 and normalised, and their labels, (B,)."""
    folder = setting.data_dir / "mnist"
    images, labels = idx(folder, "train-images-idx3-ubyte"), idx(folder, "train-labels-idx1-ubyte")
    chosen = np.random.default_rng(setting.seed).permutation(len(labels))[: setting.batch]
    x = images[chosen].reshape(len(chosen), -1).astype(np.float32) / 255
    return (x - np.float32(MEAN)) / np.float32(STD), labels[chosen].astype(np.int32)
