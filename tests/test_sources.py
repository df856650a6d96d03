"""Every source as a whole, in quick mode, and the results that the site shows."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerasae.cli import app
from kerasae.reproduce import SOURCES, comparison
from kerasae.reproduce._source import Grid, Source

RESULTS = Path(__file__).parents[1] / "docs" / "results"
# Dense and quick on every backend; the others were run on the fastest for them.
CONVOLUTIONAL = {
    *("conv", "denoising", "strided-conv"),
    *("one-class-conv", "internal-bleeding", "synthetic-ecg"),
}
MANY_MODELS = {
    *("breastw", "ionosphere", "pima", "satellite", "shuttle", "conformal", "scale"),
    "one-class-deep",
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_runs_in_quick_mode(source, tmp_path):
    command = ["reproduce", source, "--quick", "--output", str(tmp_path)]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    results = json.loads((tmp_path / "results.json").read_text())["results"]
    experiments = [one.name for one in SOURCES[source].experiments]
    assert [result["experiment"] for result in results] == experiments
    for result in results:
        experiment = SOURCES[source].experiment(result["experiment"])
        assert result["data"] == experiment.quick_data
        assert result["ours"]
    for row in comparison.rows(SOURCES[source], results):
        assert f"\n  {row.value} " in done.output
    for title, lines in comparison.grid_tables(SOURCES[source], results):
        assert f"\n{title}\n" in done.output
        assert all(f"\n{line[0]} " in done.output for line in lines)
    assert "not comparable with what was published" in done.output
    tables = done.output.partition("\n\n")[2].rpartition("\n\n")[0]
    assert max(map(len, tables.splitlines())) <= 80


def committed(source):
    return json.loads((RESULTS / f"{source}.json").read_text())


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_off_has_a_remark(source):
    results = committed(source)["results"]
    rows = list(comparison.rows(SOURCES[source], results))
    assert rows or list(comparison.grid_tables(SOURCES[source], results))
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
        elif experiment.name in MANY_MODELS:
            backends = {"jax"}
        for backend in backends:
            result = found[experiment.name, backend]
            settings = (experiment.data, experiment.epochs)
            assert (result["data"], result["epochs"]) == settings
            assert result["published"] == dict(experiment.published)


def test_the_detector_reaches_what_was_published():
    for result in committed("anomaly-tables")["results"]:
        ours = {**result["published"], **result["ours"]}
        for protocol in ("first half", "all"):
            published = ours.get(f"published ROC AUC in %, {protocol}, VAE")
            if published is not None:
                reached = ours[f"ROC AUC in %, {protocol}, detector"]
                assert reached > published - 1, (result["experiment"], protocol)


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


def test_grids_of_the_site():
    def cell(row, column):
        kind = "published " if column.endswith("*") else ""
        return row, f"{kind}AUC, {column.strip('*')}"

    grid = Grid(
        "share of *", ("wine", "glass", "iris"), ("VAE*", "ours", "PyOD"), cell, True
    )
    source = Source("own", "", (), grids=(grid,))
    results = [
        {
            "experiment": name,
            "backend": "jax",
            "published": {"published AUC, VAE": 75.25},
            "ours": {"AUC, ours": 80.04 + n, "AUC, ours, spread": 1.0},
        }
        for n, name in enumerate(("wine", "glass"))
    ]
    # No line for what was not run, no column for a method that was not there.
    assert comparison.values_tables(source, results).replace("\u00a0", " ") == (
        "**Share of \\***\n\n"
        "|  | VAE* | ours |\n"
        "| :-- | --: | --: |\n"
        "| wine | 75.25 | 80.0 \u00b1 1.0 |\n"
        "| glass | 75.25 | 81.0 \u00b1 1.0 |\n"
        "| mean | 75.2 | 80.5 |"
    )
    assert not list(comparison.rows(source, results))
    other = [{**result, "backend": "torch"} for result in results]
    tables = comparison.grid_tables(source, [*results, *other], spread=False)
    assert [table.title for table in tables] == [
        "Share of * (JAX)",
        "Share of * (torch)",
    ]
