import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import exports, tables
from benchmarks.cases import CASES, Case, images, reconstruction_loss

ROOT = Path(__file__).parent.parent


def run(*command):
    """Run a benchmark in a process of its own and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    ).stdout


@pytest.mark.parametrize(
    ("case", "backend", "loop"),
    [("undercomplete", "jax", "jax scan"), ("conv", "torch", "torch loop")],
)
def test_all_ways_of_a_backend_take_part(case, backend, loop, tmp_path):
    pytest.importorskip(backend)
    file = tmp_path / "results.json"
    few = ("--quick", "--samples", 130, "--cases", case, "--backends", backend)
    printed = run("benchmarks", *few, "--json", file)
    table = printed[printed.index(f"## {case}") :]
    rows = re.findall(r"^\| ([a-z, ]+) \| \d", table, re.MULTILINE)
    assert rows == [f"kerasae, {backend}", f"keras, {backend}", loop]
    for result in json.loads(file.read_text())["cases"][case]:
        assert len(result["epoch_seconds"]) == len(result["loss"]) == 2
        assert result["loss"][1] < result["loss"][0]
    assert run("benchmarks", "--show", file) == printed


def result(way, seconds, loss=0.1):
    return {
        "way": way,
        "backend": "jax",
        "epoch_seconds": [9.0, *seconds],
        "loss": [1.0, loss],
    }


def test_speed_is_compared_round_by_round():
    ours = result("kerasae", [1.0, 1.0, 5.0])
    plain = result("keras", [2.0, 2.0, 10.0])
    assert tables.speed(ours, plain) == 2.0
    loop = result("loop", [1.5, 1.5, 7.5])
    table = tables.speed_table({"deep": [ours, plain, loop]})
    assert table.splitlines()[-1] == "| deep | 2.00 | jax | - | 1.50 |"


def test_a_loss_far_from_the_others_is_marked():
    table = tables.case_table(
        [result("kerasae", [1.0]), result("keras", [1.0]), result("loop", [1.0], 0.2)]
    )
    assert re.findall(r"^\| ([\w ,]+) .*\(!\)", table, re.MULTILINE) == ["jax scan"]


def test_a_way_that_failed_is_a_row_of_dashes():
    failed = {"way": "keras", "backend": "jax", "failed": True}
    table = tables.case_table([result("kerasae", [1.0]), failed])
    assert "| keras, jax (failed) | - | - |" in table


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_images_have_the_shape_that_a_case_wants(kind):
    case = Case(kind, (2,))
    for part in ("train", "test"):
        found = images(case, 10, part)
        assert found.shape == (10, *case.shape)
        assert found.dtype == np.uint8
        assert found.any()


def test_the_yardstick_is_the_cross_entropy():
    half = np.full((2, 784), 0.5, "float32")
    assert reconstruction_loss(half, half) == pytest.approx(np.log(2))


def test_every_case_names_the_layers_of_its_encoder():
    assert all(case.layers and case.samples for case in CASES.values())


def test_exports_are_counted_and_say_who_wrote_them():
    off = {"autoencoder": 2e-7, "encoder": 1e-7, "decoder": 0.0}
    here = {"format": "onnx", "backend": "jax"}
    results = [
        {**here, "variant": "deep", "written_by": "jax", "differences": off},
        {**here, "variant": "vae", "written_by": "torch", "differences": off},
        {**here, "variant": "lstm", "error": "no"},
    ]
    assert exports.counts(results, "onnx") == (6, 9)
    rows = exports.table(results, "onnx").splitlines()
    assert rows[0] == "| variant | jax |"
    assert rows[2:] == [
        "| `deep` | 2e-07 |",
        "| `vae` | 2e-07, by torch |",
        "| `lstm` | fails |",
    ]


def test_exports_are_measured_in_every_format():
    from kerasae.exporting import FORMATS

    assert tuple(FORMATS) == exports.FORMATS
