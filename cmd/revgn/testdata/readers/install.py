# SPDX-License-Identifier: Apache-2.0
"""Installs what reads records in the tests into a virtual environment of its own, where that is not done yet."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements.txt"


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def install(folder: Path) -> None:
    """What is installed is complete where a copy of the list stands beside it. An older list starts anew."""
    done = folder / "requirements.txt"
    if done.exists() and done.read_bytes() == REQUIREMENTS.read_bytes():
        return
    # The pip of this Python installs into the environment, which needs none of its own: not every system has the files for one.
    venv.create(folder, with_pip=False, clear=True)
    pip = [sys.executable, "-m", "pip", "--python", python_of(folder), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--requirement", REQUIREMENTS], check=True)
    shutil.copyfile(REQUIREMENTS, done)


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"readers: Python: got {sys.version.split()[0]}; the packages as they are pinned want 3.11 or newer")
    try:
        install(Path(sys.argv[1]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"readers: {error}")


if __name__ == "__main__":
    main()
