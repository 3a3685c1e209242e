"""What `make run` does before the site starts: an environment without Debian's python3-venv, and the browser part when it can be built."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tooling import ROOT, load


def wheel_of_pip(folder: Path) -> Path:
    """Put a wheel of pip into a folder, as Debian's package does, or skip when this machine has none."""
    import ensurepip

    places = [*Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"), *Path("/usr/share/python-wheels").glob("pip-*.whl")]
    if not places:
        pytest.skip("no wheel of pip on this machine")
    folder.mkdir()
    return Path(shutil.copy(places[0], folder))


def test_an_environment_is_made_without_ensurepip_from_a_wheel_of_pip(tmp_path: Path) -> None:
    bootstrap = load("bootstrap")
    wheel_of_pip(tmp_path / "wheels")
    assert bootstrap.from_wheel(tmp_path / "made", tmp_path / "wheels")
    told = subprocess.run([tmp_path / "made/bin/python", "-m", "pip", "--version"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path / "made") in told


def test_no_environment_is_claimed_when_the_folder_has_no_wheel(tmp_path: Path) -> None:
    assert not load("bootstrap").from_wheel(tmp_path / "made", tmp_path)


def test_an_environment_that_works_is_kept(tmp_path: Path) -> None:
    bootstrap = load("bootstrap")
    wheel_of_pip(tmp_path / "wheels")
    assert bootstrap.from_wheel(tmp_path / "made", tmp_path / "wheels")
    (tmp_path / "made" / "kept").touch()
    assert bootstrap.main([str(tmp_path / "made")]) == 0
    assert (tmp_path / "made" / "kept").exists()


def test_when_nothing_helps_one_is_told_what_to_install_and_nothing_half_made_stays(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap = load("bootstrap")
    without = tmp_path / "python"
    without.write_text(f'#!/bin/sh\ncase "$*" in *without-pip*) exec {sys.executable} "$@";; esac\nexit 1\n')
    without.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(without))
    monkeypatch.setattr(bootstrap, "WHEELS", tmp_path / "nothing")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.main([str(tmp_path / "made")]) == 1
    assert "apt-get install python3-venv" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.fixture
def studio(tmp_path: Path) -> ModuleType:
    """The program over a studio with one source and nothing to install, whose Vite copies it."""
    module = load("studio")
    module.STUDIO, module.BUILT = tmp_path / "studio", tmp_path / "built"
    module.STAMP = module.BUILT / ".built"
    vite = module.STUDIO / "node_modules" / "vite" / "bin" / "vite.js"
    vite.parent.mkdir(parents=True)
    vite.write_text("const fs = require('fs'); fs.rmSync('../built', {recursive: true, force: true}); fs.mkdirSync('../built');"
                    "fs.copyFileSync('source.js', '../built/manifest.json'); fs.appendFileSync('../builds', 'x');")
    (module.STUDIO / "source.js").write_text("{}")
    (module.STUDIO / "package-lock.json").write_text(json.dumps({"packages": {"": {}}}))
    (module.STUDIO / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": {}}))
    return module


with_node = pytest.mark.skipif(shutil.which("node") is None or shutil.which("npm") is None, reason="no Node on this machine")


@with_node
def test_the_browser_part_is_built_again_exactly_when_a_source_has_changed(studio: ModuleType, tmp_path: Path) -> None:
    for text, builds in (("{}", "x"), ("{}", "x"), ('{"a": 1}', "xx"), ('{"a": 1}', "xx")):
        (studio.STUDIO / "source.js").write_text(text)
        assert studio.main() == 0
        assert (studio.BUILT / "manifest.json").read_text() == text
        assert (tmp_path / "builds").read_text() == builds


@with_node
def test_a_broken_build_is_told_and_the_site_starts_all_the_same(studio: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    (studio.STUDIO / "source.js").unlink()
    assert studio.main() == 0
    assert "The site works without it" in capsys.readouterr().err
    assert not studio.is_built()


@with_node
def test_packages_are_installed_again_when_the_lock_names_other_versions(studio: ModuleType) -> None:
    assert studio.is_installed()
    (studio.STUDIO / "package-lock.json").write_text(json.dumps({"packages": {"": {}, "node_modules/vite": {"version": "8.0.0"}}}))
    assert not studio.is_installed()


def test_the_locks_name_no_address() -> None:
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "web/studio/package-lock.json"]
    assert len(locks) >= 4
    for lock in locks:
        assert '"resolved"' not in lock.read_text("utf-8")
        if lock.suffix == ".lock":
            assert "://" not in lock.read_text("utf-8"), lock
