"""Make a virtual environment on a Debian without python3-venv: the environment without pip, and pip from the package index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main(target: str) -> int:
    """Create ``target``; return an exit code, and say what to do when it cannot be done."""
    shutil.rmtree(target, ignore_errors=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "python3-venv"], check=False)
        if subprocess.run([sys.executable, "-m", "venv", target], check=False).returncode == 0:
            return 0
    if shutil.which("virtualenv"):
        return subprocess.run(["virtualenv", "-q", target], check=False).returncode
    print("Python's venv module is not complete here. Install it once: sudo apt-get install python3-venv", file=sys.stderr)
    print(f"(tried to create {Path(target).absolute()})", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
