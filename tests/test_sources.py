"""Every source as a whole, in quick mode, and the results that the site shows."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerasae.cli import app
from kerasae.reproduce import SOURCES, comparison

RESULTS = Path(__file__).parents[1] / "docs" / "results"
# Dense and quick on every backend; the others were run on the fastest for them.
CONVOLUTIONAL = {"conv", "denoising", "strided-conv"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_runs_in_quick_mode(source, tmp_path):
    command = ["reproduce", source, "--quick", "--output", str(tmp_path)]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    results = json.loads((tmp_path / "results.json").read_text())["results"]
    experiments = [one.name for one in SOURCES[source].experiments]
    assert [result["experiment"] for result in results] == experiments
    for result in results:
        assert result["data"] == "digits"
        for value in result["ours"]:
            assert f"\n  {value} " in done.output
    assert "not comparable with what was published" in done.output
    table = done.output.partition("published")[2].partition("\n\n")[0]
    assert max(map(len, table.splitlines())) <= 80


def committed(source):
    return json.loads((RESULTS / f"{source}.json").read_text())


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_off_has_a_remark(source):
    rows = list(comparison.rows(SOURCES[source], committed(source)["results"]))
    assert rows
    for row in rows:
        assert comparison.remark(row) != "not explained", row


@pytest.mark.parametrize("source", SOURCES)
def test_the_site_has_full_results(source):
    record = committed(source)
    assert not record["quick"]
    found = {(one["experiment"], one["backend"]): one for one in record["results"]}
    for experiment in SOURCES[source].experiments:
        backends = {"tensorflow", "jax", "torch"}
        if experiment.name in CONVOLUTIONAL:
            backends = {"tensorflow"}
        for backend in backends:
            result = found[experiment.name, backend]
            assert (result["data"], result["epochs"]) == ("mnist", experiment.epochs)
            assert result["published"] == dict(experiment.published)


def row(published, ours, remark=""):
    return comparison.Row("deep", "loss", published, {"jax": ours}, remark)


@pytest.mark.parametrize(
    ("published", "ours", "remark", "expected"),
    [
        (0.1, 0.104, "", ""),
        (0.1, 0.106, "", "not explained"),
        (0.1, 0.094, "", "not explained"),
        (0.1, 0.106, "fewer epochs", "fewer epochs"),
        ("pictures", 0.1, "", ""),
        (None, 0.1, "of noisy images", "of noisy images"),
    ],
)
def test_remarks(published, ours, remark, expected):
    assert comparison.remark(row(published, ours, remark)) == expected


def test_tables_of_the_site():
    source = SOURCES["keras-tutorial"]
    results = [
        {
            "experiment": "deep",
            "backend": backend,
            "published": {"loss, test": 0.082},
            "ours": {"loss, test": ours},
        }
        for backend, ours in (("torch", 0.0902), ("jax", 0.082))
    ]
    heading, _, *lines = comparison.values_tables(source, results).splitlines()
    assert heading.startswith("**deep**: 784-128-64-32")
    assert lines[0] == "|  | published | JAX | torch | remark |"
    assert lines[2].replace("\u00a0", " ") == (
        "| loss, test | 0.082 | 0.082 (+0.0 %) | 0.0902 (+10.0 %) | not explained |"
    )
