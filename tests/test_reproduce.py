"""The sources' experiments; `test_sources.py` runs all of them, once."""

import json
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from kerasae import reproduce as room
from kerasae.reproduce import SOURCES, _ranking, anomaly_tables, comparison, reproduce
from kerasae.reproduce._source import Experiment, Source
from kerasae.reproduce._work import Work
from kerasae.runs import Run

HERE = keras.backend.backend()
ONE = "undercomplete-adam"


def quick(folder, *only, source="keras-tutorial", **arguments):
    return reproduce(
        source, folder, only=only, quick=True, **{"log": lambda line: None, **arguments}
    )


def file(folder):
    return json.loads((folder / "results.json").read_text())


# One experiment of each source.
@pytest.mark.parametrize(
    ("source", "experiment"),
    [
        pytest.param("keras-tutorial", "sparse", marks=pytest.mark.every_backend),
        ("theano-tied", "tied"),
        ("pytorch-stacked", "stacked"),
        ("sklearn-stacked", "stacked"),
        ("chainer-growing", "deep"),
    ],
)
def test_a_result_says_all_there_is_to_know(source, experiment, tmp_path):
    (result,) = quick(tmp_path, experiment, source=source)
    assert file(tmp_path)["results"] == [result]
    assert result["experiment"] == experiment
    assert (result["backend"], result["data"], result["seed"]) == (HERE, "digits", 0)
    assert result["seconds"] > 0
    assert result["machine"]["cores"] > 0
    assert {"kerasae", "keras", HERE} <= result["versions"].keys()
    assert result["command"] == (
        f"kerasae reproduce {source} --only {experiment} --backend {HERE} --quick"
    )
    published = dict(SOURCES[source].experiment(experiment).published)
    assert result["published"] == published
    assert all(0 <= value < 1000 for value in result["ours"].values())
    written = {path.name for path in (tmp_path / HERE / experiment).iterdir()}
    assert written >= {"model.keras", "curves.png", "reconstructions.png"}


@pytest.mark.every_backend
def test_costs_are_those_of_every_tenth_epoch(tmp_path):
    (result,) = quick(tmp_path, "tied", source="theano-tied")
    history = Run(tmp_path / HERE / "tied").history()
    assert len(history["loss"]) == 11
    for epoch in (0, 10):
        cost = result["ours"][f"cost in epoch {epoch}"]
        assert cost == pytest.approx(history["loss"][epoch])
    assert set(history) == {"loss"}


def test_the_penalty_is_in_the_training_loss_alone(tmp_path):
    (result,) = quick(tmp_path, "sparse")
    history = Run(tmp_path / HERE / "sparse").history()
    assert result["ours"]["loss, training"] == history["loss"][-1]
    assert result["ours"]["loss, test"] < history["val_loss"][-1]


def test_results_are_neither_lost_nor_made_twice(tmp_path):
    (first,) = quick(tmp_path, ONE)
    with pytest.raises(FileExistsError, match=rf"{ONE} on {HERE}.*--resume.*--force"):
        quick(tmp_path, ONE)
    lines = []
    assert quick(tmp_path, ONE, resume=True, log=lines.append) == [first]
    assert lines == [f"[1/1] {ONE}: finished before"]
    (again,) = quick(tmp_path, ONE, force=True)
    assert again["ours"] == pytest.approx(first["ours"], rel=1e-5)
    assert file(tmp_path)["results"] == [again]


def test_results_of_other_backends_stay(tmp_path):
    (result,) = quick(tmp_path, ONE)
    other = {**result, "backend": "another"}
    results = comparison.Results(
        SOURCES["keras-tutorial"], tmp_path, quick=True, seed=0
    )
    results.add(other)
    quick(tmp_path, ONE, force=True)
    assert [one["backend"] for one in file(tmp_path)["results"]] == ["another", HERE]


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise RuntimeError("the power went")


@pytest.fixture
def interrupted(monkeypatch):
    """A source whose only experiment is killed after its first epoch, once."""
    fates = [[Stop()], []]

    def run(work: Work) -> dict[str, float]:
        triple = work.build("undercomplete")
        _, history = work.fit(triple, callbacks=fates.pop(0))
        return {"epochs": float(len(history["loss"]))}

    one = Experiment("one", "", run, epochs=3, batch_size=256, quick_epochs=3)
    monkeypatch.setitem(room._reproduce.SOURCES, "own", Source("own", "", (one,)))


@pytest.mark.usefixtures("interrupted")
def test_a_killed_experiment_goes_on_after_its_last_epoch(tmp_path):
    with pytest.raises(RuntimeError, match="power"):
        quick(tmp_path, source="own")
    assert not (tmp_path / "results.json").exists()
    run = Run(tmp_path / HERE / "one")
    before = run.read()["seconds"]
    (result,) = quick(tmp_path, source="own", resume=True)
    assert result["ours"] == {"epochs": 3.0}
    assert result["seconds"] > before
    assert not run.checkpoints()


@pytest.mark.usefixtures("interrupted")
def test_what_is_trained_is_not_trained_again(tmp_path, monkeypatch):
    """Training is over, but what comes after it failed."""
    with pytest.raises(RuntimeError, match="power"):
        quick(tmp_path, source="own")
    add = comparison.Results.add
    monkeypatch.setattr(comparison.Results, "add", lambda self, result: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        quick(tmp_path, source="own", resume=True)
    seconds = Run(tmp_path / HERE / "one").read()["seconds"]
    monkeypatch.setattr(comparison.Results, "add", add)
    # Nothing is to be fitted.
    monkeypatch.setattr("kerasae.reproduce._work.fit_in_folder", None)
    experiment = room._reproduce.SOURCES["own"].experiments[0]
    monkeypatch.setattr(
        room._reproduce,
        "SOURCES",
        {"own": Source("own", "", (_unstopped(experiment),))},
    )
    (result,) = quick(tmp_path, source="own", resume=True)
    assert result["ours"] == {"epochs": 3.0}
    assert result["seconds"] == pytest.approx(seconds, abs=0.1)


def _unstopped(experiment):
    def run(work):
        _, history = work.fit(work.build("undercomplete"))
        return {"epochs": float(len(history["loss"]))}

    return Experiment("one", "", run, experiment.epochs, 256, quick_epochs=3)


def test_what_does_not_fit_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"no source 'keras-tutorials'.*Did you mean"):
        quick(tmp_path, source="keras-tutorials")
    with pytest.raises(ValueError, match=r"no experiment 'depp'.*Did you mean 'deep'"):
        quick(tmp_path, "depp")
    assert not any(tmp_path.iterdir())
    quick(tmp_path, ONE)
    with pytest.raises(ValueError, match=r"has seed=0, not 1.*another --output"):
        quick(tmp_path, ONE, seed=1)
    with pytest.raises(ValueError, match="has quick=True, not False"):
        reproduce("keras-tutorial", tmp_path, only=[ONE], resume=True)
    with pytest.raises(ValueError, match="has source='keras-tutorial', not"):
        quick(tmp_path, source="theano-tied")
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(ValueError, match="damaged, or not of `kerasae reproduce`"):
        quick(tmp_path, ONE, force=True)
    assert (tmp_path / "results.json").read_text() == "{"


@pytest.mark.parametrize(
    ("source", "experiment", "file", "where"),
    [
        ("anomaly-tables", "pima", "anomaly/pima.npz", "29_Pima.npz of https://github"),
        ("anomaly-series", "synthetic-ecg", "series/synthetic_ecg.npz", "aeon"),
    ],
)
def test_data_to_fetch_are_named(
    source, experiment, file, where, tmp_path, monkeypatch
):
    def run():
        reproduce(source, tmp_path, only=[experiment], resume=True, log=lambda line: 0)

    monkeypatch.delenv("KERASAE_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match=f"{file}.*not set.*{where}"):
        run()
    monkeypatch.setenv("KERASAE_DATA", str(tmp_path))
    path = tmp_path / file
    with pytest.raises(FileNotFoundError, match=f"{path}.*{where}.*Put it there"):
        run()
    path.parent.mkdir()
    np.savez(path, x=[0])
    with pytest.raises(ValueError, match=rf"no array.*but \['x'\].*{where}"):
        run()


def test_data_that_were_fetched_are_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASAE_DATA", str(tmp_path))
    (tmp_path / "anomaly").mkdir()
    np.savez(tmp_path / "anomaly/pima.npz", X=np.eye(4), y=[0.0, 0.0, 0.0, 1.0])
    x, y = anomaly_tables._read(SimpleNamespace(quick=False, data_name="pima"))
    assert (x.dtype, y.tolist()) == (np.float32, [0, 0, 0, 1])
    train, test, labels = anomaly_tables._split(x, y, "first half", 0)
    assert train.tolist() == x[:1].tolist()
    assert (test.tolist(), labels.tolist()) == (x[1:].tolist(), [0, 0, 1])
    train, test, labels = anomaly_tables._split(x, y, "all", 0)
    assert (len(train), test.tolist(), labels.tolist()) == (4, x.tolist(), y.tolist())


def test_runs_of_several_seeds_have_a_mean_and_a_spread():
    found = _ranking.ranking([0, 0, 1, 0], [1, 2, 3, 4], "ours")
    assert found == {
        "ROC AUC in %, ours": pytest.approx(200 / 3),
        "average precision in %, ours": 50.0,
    }
    runs = [{"AUC": 70.0}, {"AUC": 80.0}, {"AUC": 90.0}]
    assert _ranking.summary(runs) == {"AUC": 80.0, "AUC, spread": 10.0}
    assert _ranking.summary(runs[:1]) == {"AUC": 70.0}


def test_pyod_is_judged_where_it_is_installed(monkeypatch):
    class AutoEncoder:
        def __init__(self, **options):
            assert options == {"random_state": 1, "verbose": 0, "epoch_num": 1}

        def fit(self, rows):
            assert abs(rows.mean()) < 1e-6

        def decision_function(self, rows):
            return rows[:, 0]

    module = SimpleNamespace(AutoEncoder=AutoEncoder)
    monkeypatch.setitem(sys.modules, "pyod.models.auto_encoder", module)
    monkeypatch.setattr(anomaly_tables, "has_pyod", lambda: True)
    x = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
    work = SimpleNamespace(epochs=1, batch_size=32, quick=True, seconds=0.0)
    found = anomaly_tables._judged(work, x, x[:5], 1)
    assert list(found) == [
        *("detector", "PCA", "nearest neighbors", "isolation forest", "PyOD")
    ]
    assert all(one.scores.shape == (5,) for one in found.values())
    assert work.seconds == found["detector"].seconds > 0


def test_tables_need_no_keras():
    code = (
        "import sys; from kerasae.reproduce import SOURCES, comparison;"
        "print(len(SOURCES), 'keras' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["8", "False"]
