"""Make the virtual environment, also on a Debian whose Python came without pip, ensurepip and python3-venv, and without being root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

WHEELS = Path("/usr/share/python-wheels")
"""Where Debian's python3-pip-whl keeps the wheel of pip."""
PACKAGE = "python3-pip-whl"
MISSING = """An environment for Python packages cannot be made here: Python has no pip, and Debian's package of it cannot be fetched.
Install it once and try again: sudo apt-get install python3-venv"""


def quietly(*command: str | Path, folder: Path | None = None) -> bool:
    """Run a command without showing what it prints; say whether it succeeded."""
    try:
        return subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def works(target: Path) -> bool:
    """Say whether ``target`` is an environment with pip."""
    return quietly(target / "bin" / "python", "-m", "pip", "--version")


def complete(target: Path) -> bool:
    """Make the environment with Python's own venv and ensurepip."""
    return quietly(sys.executable, "-m", "venv", "--clear", target) and works(target)


def bare(target: Path) -> bool:
    """Make the environment without pip; the venv module is in Debian's standard library, ensurepip is not."""
    return quietly(sys.executable, "-m", "venv", "--clear", "--without-pip", target)


def from_wheel(target: Path, folder: Path) -> bool:
    """Make the environment and put the newest wheel of pip in ``folder`` into it; a wheel of pip can be run as it is."""
    wheels = sorted(folder.glob("pip-*.whl"))
    return bool(wheels) and bare(target) and quietly(
        target / "bin" / "python", wheels[-1] / "pip", "install", "--no-index", wheels[-1]) and works(target)


def from_system_pip(target: Path) -> bool:
    """Make the environment and let the pip of the system put another one into it."""
    return quietly(sys.executable, "-m", "pip", "--version") and bare(target) and quietly(
        sys.executable, "-m", "pip", "--python", target / "bin" / "python", "install", "pip") and works(target)


def installed_by_apt(target: Path) -> bool:
    """As root: install Debian's python3-venv and use it."""
    install = ("apt-get", "install", "-y", "-q", "--no-install-recommends", "python3-venv")
    return os.geteuid() == 0 and (quietly(*install) or (quietly("apt-get", "update", "-q") and quietly(*install))) and complete(target)


def fetched_by_apt(target: Path) -> bool:
    """Without being root: fetch the package that holds the wheel of pip, unpack it beside, and use the wheel."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not _download(folder):
            return False
        unpacked = folder / "unpacked"
        package = next(folder.glob("*.deb"))
        return quietly("dpkg-deb", "-x", package, unpacked) and from_wheel(target, unpacked / WHEELS.relative_to("/"))


def _download(folder: Path) -> bool:
    """Fetch the package with the system's package lists, or else with lists fetched into ``folder`` for this once."""
    if quietly("apt-get", "download", PACKAGE, folder=folder):
        return True
    lists, cache = folder / "lists", folder / "cache"
    for path in (lists / "partial", cache / "archives" / "partial"):
        path.mkdir(parents=True)
    options = [word for option in (f"Dir::State::lists={lists}", f"Dir::Cache={cache}", "APT::Sandbox::User=", "Acquire::Languages=none")
               for word in ("-o", option)]
    return quietly("apt-get", *options, "update") and quietly("apt-get", *options, "download", PACKAGE, folder=folder)


def main(arguments: Sequence[str]) -> int:
    """Create the environment named by the argument unless it works already; return 1 after saying what to do when it cannot be done."""
    target = Path(arguments[0]).absolute()
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is run by whatever Python there is)
        print(f"Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}. "
              "Name another one: make PYTHON=python3.12", file=sys.stderr)
        return 1
    if works(target):
        return 0
    if complete(target) or from_wheel(target, WHEELS) or from_system_pip(target) or installed_by_apt(target) or fetched_by_apt(target):
        return 0
    shutil.rmtree(target, ignore_errors=True)
    print(MISSING, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
