"""Where and with what was measured. Imports no backend."""

import datetime
import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("kerasae", "keras", "numpy", "tensorflow", "jax", "jaxlib", "torch")


def machine() -> dict[str, Any]:
    """Return what the machine is."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
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
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    head = {"date": now, "machine": machine(), "versions": versions()}
    return {**head, **contents}


def headline(report: dict[str, Any]) -> str:
    """Return a line that says where and with what was measured."""
    where = report["machine"]
    names = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    return (
        f"{report['date'][:10]}; {where['processor']}, {where['cores']} cores, "
        f"{where['memory_gb']} GB; {names}."
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
