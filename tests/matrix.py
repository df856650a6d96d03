"""Runs everything there is to check: style, types, tests on three backends, docs.

Needs an environment with all three backends:

    pip install -c constraints.txt -e ".[all,docs,test]"
    python tests/matrix.py

Every test runs on torch, where nothing is compiled. Those marked `every_backend`,
which depend on what a backend does, run on TensorFlow and JAX as well.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from walk_site import browser_path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q")
BACKENDS = ("tensorflow", "jax", "torch")
CROSS = "tests/cross_backend.py"  # starts all backends itself
WITHOUT_CROSS = f"--ignore={CROSS}"
# Two processes share the cores, where more threads would only wait for each other;
# and small models take XLA longer to optimize in full than to run.
QUICK = {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_backend_optimization_level=1",
    # What JAX compiled for one test it need not compile for the next.
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
}


class Stage(NamedTuple):
    """Something to run."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = MappingProxyType({})


class Result(NamedTuple):
    """How it went."""

    name: str
    output: str
    failed: bool
    seconds: float


def tests(backend, *words, quick):
    """Return the stage that runs tests on a backend."""
    environment = {"KERAS_BACKEND": backend, **quick}
    return Stage(f"tests on {backend}", (*PYTEST, *words), environment)


def narrow_stages(quick, *, full, alone):
    """Return what takes one core, the longest first, so that both are busy."""
    words = ["tests", WITHOUT_CROSS]
    words += [] if full else ["-m", "every_backend and not slow"]
    yield from (tests(backend, *words, quick=quick) for backend in BACKENDS[:2])
    yield tests("torch", CROSS, quick=quick)._replace(name="between backends")
    if alone:
        for backend in BACKENDS:
            yield Stage(f"{backend} alone", (PYTHON, "tests/alone.py", backend))
    # Not --quiet, with which mkdocs overlooks its own warnings.
    build = (PYTHON, "-m", "mkdocs", "build", "--strict", "--site-dir", "build/site")
    yield Stage("site", (PYTHON, "tests/walk_site.py") if browser_path() else build)
    words = ("--doctest-modules", "kerasae")
    yield tests("torch", *words, quick=quick)._replace(name="doctests")
    yield Stage("types", (PYTHON, "-m", "mypy"))
    yield Stage("layers", ("lint-imports",))
    yield Stage("style", (PYTHON, "-m", "ruff", "check", "."))
    yield Stage("format", (PYTHON, "-m", "ruff", "format", "--check", "."))


def run(stage):
    """Run a stage and keep what it says."""
    path = os.pathsep.join((str(Path(PYTHON).parent), os.environ["PATH"]))
    started = time.monotonic()
    done = subprocess.run(
        stage.command,
        cwd=ROOT,
        env={**os.environ, "PATH": path, **stage.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    seconds = time.monotonic() - started
    return Result(stage.name, done.stdout, done.returncode != 0, seconds)


def results(*, full, alone):
    """Run all stages, two at a time, and yield how each went."""
    with tempfile.TemporaryDirectory() as cache, ThreadPoolExecutor(2) as pool:
        quick = {**QUICK, "JAX_COMPILATION_CACHE_DIR": cache}
        narrow = narrow_stages(quick, full=full, alone=alone)
        try:
            for done in as_completed([pool.submit(run, stage) for stage in narrow]):
                yield done.result()
        finally:  # where it is interrupted, nothing new begins
            pool.shutdown(cancel_futures=True)
        # A file is one process's: what its tests share is made once.
        both_cores = ("tests", WITHOUT_CROSS, "-n", "2", "--dist", "loadfile")
        yield run(tests("torch", *both_cores, quick=quick))


def with_newest_releases(words):
    """Run this script in a new environment, without constraints."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        install = ("-m", "pip", "install", "-q", "-e", f"{ROOT}[all,docs,test]")
        subprocess.run((python, *install), check=True)
        return subprocess.run((python, __file__, *words)).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--full", action="store_true", help="every test on every backend"
    )
    parser.add_argument(
        "--alone",
        action="store_true",
        help="also each backend in an environment without the others",
    )
    parser.add_argument(
        "--newest",
        action="store_true",
        help="in a new environment, with the newest releases of all dependencies",
    )
    chosen = parser.parse_args()
    if chosen.newest:
        return with_newest_releases([w for w in sys.argv[1:] if w != "--newest"])
    if shutil.which("dot") is None:
        print("note: Graphviz's `dot` is missing, diagrams are not tested")
    if browser_path() is None:
        print("note: Chromium is missing, the site is built, but not walked")
    done = []
    for result in results(full=chosen.full, alone=chosen.alone):
        print(f"\n== {result.name}\n{result.output}", flush=True)
        done.append(result)
    print()
    for result in done:
        verdict = "failed" if result.failed else "passed"
        print(f"{verdict}  {result.seconds:6.0f} s  {result.name}")
    failed = sum(result.failed for result in done)
    print(f"\n{len(done) - failed} passed, {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    raise SystemExit(main())
