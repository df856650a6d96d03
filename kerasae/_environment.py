"""The machine and the versions behind a measurement. Imports no backend."""

import datetime
import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = (
    *("kerasae", "keras", "numpy", "scikit-learn"),
    *("tensorflow", "jax", "jaxlib", "torch", "pyod"),
)


def machine() -> dict[str, Any]:
    """Describe the machine."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "system": platform.platform(),
    }


def versions(packages: Iterable[str] = _PACKAGES) -> dict[str, str]:
    """Return the versions of Python and of those packages that are installed."""
    numbers = {"python": platform.python_version()}
    for package in packages:
        with suppress(metadata.PackageNotFoundError):
            numbers[package] = metadata.version(package)
    return numbers


def report(**contents: Any) -> dict[str, Any]:
    """Return results with the date, the machine and the versions."""
    date = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {"date": date, "machine": machine(), "versions": versions(), **contents}


def headline(report: dict[str, Any]) -> str:
    """Return one line with the date, the machine and the versions of a report."""
    machine = report["machine"]
    packages = ", ".join(" ".join(package) for package in report["versions"].items())
    return (
        f"{report['date'][:10]}; {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB; {packages}."
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
