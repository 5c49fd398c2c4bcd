# SPDX-License-Identifier: Apache-2.0
"""The virtual environment that the programs run in."""

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent


def environment(folder: Path, torch: bool) -> Path:
    """Makes the environment where it is not there yet, installs what is pinned, and returns its Python."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    files = ["requirements.txt"] + (["requirements-torch.txt"] if torch else [])
    wanted = [word for file in files for word in ("--requirement", str(HERE / file))]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python
