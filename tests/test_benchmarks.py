import os
import re
import subprocess
import sys
from pathlib import Path


def test_the_table_has_a_row_for_each_model():
    printed = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--epochs", "1", "--samples", "256"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    ).stdout
    rows = re.findall(r"^(\w+) +[\d.]+ +[\d.]+ +[\d.]+$", printed, re.MULTILINE)
    assert rows == ["undercomplete", "deep", "conv"]
