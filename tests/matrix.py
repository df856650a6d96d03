"""Runs everything there is to check: style, types, tests on three backends, docs.

Needs an environment with all three backends:

    pip install -c constraints.txt -e ".[all,docs,test]"
    python tests/matrix.py
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from walk_site import browser_path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup")
BACKENDS = ("tensorflow", "jax", "torch")
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
# These hardly touch a backend, or start all of them by themselves.
ONCE = (
    "tests/test_architecture.py",
    "tests/test_benchmarks.py",
    "tests/test_estimator_checks.py",
    "tests/test_movie.py",
    "tests/test_data.py",
    "tests/test_metrics.py",
    "tests/test_package.py",
    "tests/test_plotting.py",
    "tests/test_plotting_codes.py",
    "tests/test_plotting_errors.py",
    "tests/test_plotting_models.py",
    "tests/test_site.py",
    "tests/test_sources.py",
    "tests/cross_backend.py",
)


def stages(cache):
    """Yield (name, command, environment) for each thing to run."""
    yield "style", (PYTHON, "-m", "ruff", "check", "."), {}
    yield "format", (PYTHON, "-m", "ruff", "format", "--check", "."), {}
    yield "types", (PYTHON, "-m", "mypy"), {}
    # Not --quiet, with which mkdocs overlooks its own warnings.
    docs = (PYTHON, "-m", "mkdocs", "build", "--strict")
    yield "docs", (*docs, "--site-dir", "build/site"), {}
    if browser_path():
        yield "site", (PYTHON, "tests/walk_site.py", "--site", "build/site"), {}
    quick = {**QUICK, "JAX_COMPILATION_CACHE_DIR": cache}
    for backend in BACKENDS:
        left_out = [f"--ignore={path}" for path in ONCE]
        keras = {"KERAS_BACKEND": backend, **quick}
        yield f"tests on {backend}", (*PYTEST, "tests", *left_out), keras
    # Nothing is compiled on torch, which is fastest where little is computed.
    keras = {"KERAS_BACKEND": "torch", **quick}
    yield "tests of no backend", (*PYTEST, *ONCE), keras
    yield "doctests", (*PYTEST, "--doctest-modules", "kerasae"), keras
    if "--alone" in sys.argv:
        for backend in BACKENDS:
            yield f"{backend} alone", (PYTHON, "tests/alone.py", backend), {}


def main():
    if shutil.which("dot") is None:
        print("note: Graphviz's `dot` is missing, diagrams are not tested")
    if browser_path() is None:
        print("note: Chromium is missing, the site is not walked")
    results = []
    path = os.pathsep.join((str(Path(PYTHON).parent), os.environ["PATH"]))
    with tempfile.TemporaryDirectory() as cache:
        for name, command, environment in stages(cache):
            print(f"\n== {name}", flush=True)
            started = time.monotonic()
            done = subprocess.run(
                command, cwd=ROOT, env={**os.environ, "PATH": path, **environment}
            )
            results.append((name, done.returncode, time.monotonic() - started))
    print()
    for name, code, seconds in results:
        print(f"{'failed' if code else 'passed'}  {seconds:6.0f} s  {name}")
    failed = sum(bool(code) for _, code, _ in results)
    print(f"\n{len(results) - failed} passed, {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    raise SystemExit(main())
