"""Runs in folders, from Python; `test_cli.py` goes through the command."""

import io
import json
import re
import signal
import sys
from contextlib import suppress
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import kerasae
from kerasae import runs
from kerasae.callbacks import Progress
from kerasae.engine.generators import generator_states
from kerasae.runs import Checkpoint, Run
from kerasae.runs._interruption import Interruption
from kerasae.runs.early_stopping import EarlyStopping
from kerasae.runs.resumable import fit_in_folder
from kerasae.runs.run import HISTORY

SETTINGS = {"variant": "undercomplete", "data": "digits", "epochs": 2}


def train(folder, variant="undercomplete", **arguments):
    return runs.train(folder, variant, epochs=2, batch_size=512, **arguments, log=str)


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'"text"', b'{"finished": true, "loss": 0.1}', b"{", b"\xff\xfe"],
    ids=["list", "empty", "text", "foreign", "cut", "binary"],
)
def test_a_record_that_is_not_ours_is_named(content, tmp_path):
    (tmp_path / "metrics.json").write_bytes(content)
    for use in (Run(tmp_path).read, Run(tmp_path).load, lambda: train(tmp_path)):
        with pytest.raises(ValueError, match=r"metrics\.json' is (not the|damaged)"):
            use()
    assert (tmp_path / "metrics.json").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("activation", {"options": {"activation": keras.activations.relu}}),
        ("corruption", {"options": {"corruption": keras.layers.Dropout(0.1)}}),
        ("optimizer", {"optimizer": keras.optimizers.SGD()}),
    ],
)
def test_settings_that_no_file_can_hold_are_refused(name, arguments, tmp_path):
    with pytest.raises(TypeError, match=rf"`{name}` must be .*JSON.*Name Keras's"):
        train(tmp_path / "run", **arguments)
    assert not (tmp_path / "run").exists()


def test_what_tensorboard_shows_is_written_beside(tmp_path):
    pytest.importorskip("tensorboardX")
    train(tmp_path, tensorboard=True, options={"latent_dim": 3})
    written = [path.parent.name for path in tmp_path.glob("tensorboard/*/events*")]
    assert sorted(written) == ["train", "validation"]
    assert (tmp_path / "model.keras").stat().st_size


@pytest.mark.every_backend
def test_variational_runs_draw_new_samples(tmp_path):
    record = train(tmp_path / "vae", variant="vae", options={"beta": 0.5})
    assert record["settings"]["options"] == {"beta": 0.5}
    history = Run(tmp_path / "vae").history()
    assert {"kl_loss", "val_reconstruction_loss"} <= set(history)
    (tmp_path / "vae" / "samples.png").unlink()
    drawn = runs.plot(tmp_path / "vae", log=lambda line: None)
    assert tmp_path / "vae" / "samples.png" in drawn
    with pytest.raises(ValueError, match="`num_samples` must be a positive integer"):
        train(tmp_path / "no", variant="vae", options={"num_samples": 0})
    assert not (tmp_path / "no").exists()


def test_without_tensorboardx_nothing_is_begun(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"kerasae\[tensorboard\]"):
        train(tmp_path / "run", tensorboard=True)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", [0, -1e-3, float("nan"), float("inf")])
def test_the_learning_rate_is_positive(value, tmp_path):
    with pytest.raises(ValueError, match="`learning_rate` must be a finite number abo"):
        train(tmp_path / "run", learning_rate=value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("resumed", [False, True])
def test_what_a_killed_run_was_writing_is_removed(resumed, tmp_path):
    run = Run(tmp_path)
    if resumed:
        run.begin(SETTINGS)
    half_written = [
        ".metrics-0123abcd.json",
        ".model-0123abcd.keras",
        ".history-0123abcd.csv",
        ".curves-0123abcd.png",
        ".checkpoint-000002-0123abcd.keras",
    ]
    others = [".model-best.keras", "model-0123abcd.keras", ".notes-0123abcd.json"]
    for name in (*half_written, *others):
        (tmp_path / name).touch()
    if resumed:
        run.resume(SETTINGS)
    else:
        run.begin(SETTINGS)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"metrics.json", *others}


class Killed(Exception):
    """Stands for a kill at the end of an epoch."""


@pytest.mark.every_backend
def test_seconds_count_every_leg(tmp_path, monkeypatch):
    keep = Checkpoint.on_epoch_end

    def keep_and_die(self, epoch, logs=None):
        keep(self, epoch, logs)
        raise Killed

    monkeypatch.setattr(Checkpoint, "on_epoch_end", keep_and_die)
    with pytest.raises(Killed):
        train(tmp_path)
    monkeypatch.undo()
    first = Run(tmp_path).read()["seconds"]
    assert first > 0
    # As if it had taken much longer.
    Run(tmp_path).write({**Run(tmp_path).read(), "seconds": 100 + first})
    assert 100 + first < train(tmp_path, resume=True)["seconds"] < 200


class Mortal(keras.callbacks.Callback):
    """Ends training after some events: begins and ends of epochs and batches."""

    only_watches = True

    def __init__(self, lifetime):
        super().__init__()
        self.left = lifetime

    def live(self, *_, **__):
        self.left -= 1
        if self.left == 0:
            raise Killed

    on_epoch_begin = on_epoch_end = on_train_batch_begin = on_train_batch_end = live
    on_test_begin = on_test_end = live


@pytest.mark.every_backend
def test_killed_at_ten_random_moments_it_ends_as_if_it_never_was(tmp_path, digits):
    def train(folder, lifetime, resume):
        # As `runs.train` does, and as a process does that knows of no other.
        keras.utils.set_random_seed(3)
        triple = kerasae.build_vae(
            (8, 8, 1),
            hidden_units=8,
            latent_dim=2,
            # Without a seed: torch takes its noise from a generator of its own.
            corruption=keras.layers.Dropout(0.3),
        )
        kerasae.compile(triple)
        fit_in_folder(
            run := Run(folder),
            triple,
            digits[:100],
            settings={"epochs": 5, "batch_size": 20, "seed": 3},
            resume=resume,
            validation_data=digits[100:120],
            callbacks=[mortal := Mortal(lifetime)],
        )
        assert mortal.left < 0  # the last one outlives it
        return run

    whole = train(tmp_path / "whole", lifetime=-1, resume=False)
    moments = np.random.default_rng(0).integers(1, 25, size=10)
    for leg, lifetime in enumerate(moments):
        with pytest.raises(Killed):
            train(tmp_path / "killed", int(lifetime), resume=leg > 0)
    killed = train(tmp_path / "killed", lifetime=-1, resume=True)

    assert killed.path(HISTORY).read_bytes() == whole.path(HISTORY).read_bytes()
    ends = [kerasae.load(run.checkpoint(5)).autoencoder for run in (whole, killed)]
    for ours, theirs in zip(*(model.get_weights() for model in ends), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert generator_states(ends[0]) == generator_states(ends[1])
    assert len(generator_states(ends[0])) == 2


@pytest.mark.every_backend
def test_a_finished_run_that_is_prolonged_ends_as_a_longer_one(tmp_path):
    options = {"corruption": "masking", "latent_dim": 4}

    def train(folder, epochs, **arguments):
        runs.train(
            folder,
            "deep",
            options=options,
            epochs=epochs,
            batch_size=512,
            log=str,
            **arguments,
        )
        return Run(folder)

    longer = train(tmp_path / "longer", 3)
    train(tmp_path / "prolonged", 1)
    prolonged = train(tmp_path / "prolonged", 3, resume=True)
    assert prolonged.history() == longer.history()
    assert prolonged.read()["errors"] == longer.read()["errors"]


@pytest.fixture
def python_handles_interrupts():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("python_handles_interrupts")
def test_an_interrupt_that_gets_lost_still_ends_the_run(tmp_path, monkeypatch):
    def lose_it(self, batch, logs=None):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Checkpoint, "on_train_batch_begin", lose_it)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not Run(tmp_path).read()["finished"]


@pytest.mark.usefixtures("python_handles_interrupts")
def test_the_first_interrupt_is_held_back_and_the_second_is_not():
    held_back = []

    def press_twice():
        with Interruption():
            for _ in range(2):
                signal.raise_signal(signal.SIGINT)
                held_back.append(True)

    with pytest.raises(KeyboardInterrupt):
        press_twice()
    assert held_back == [True]


@pytest.mark.usefixtures("python_handles_interrupts")
@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: None])
def test_another_handler_stays(handler):
    signal.signal(signal.SIGINT, handler)
    with Interruption():
        assert signal.getsignal(signal.SIGINT) is handler
    assert signal.getsignal(signal.SIGINT) is handler


# No epoch is better than the first.
STUCK = {"optimizer": "sgd", "learning_rate": 1e-30, "batch_size": 512, "log": str}


@pytest.mark.every_backend
def test_patience_ends_a_run_at_its_best_epoch(tmp_path):
    record = runs.train(tmp_path, "undercomplete", epochs=9, patience=2, **STUCK)
    assert (record["epochs"], record["best_epoch"]) == (3, 1)
    assert len(Run(tmp_path).history()["val_loss"]) == 3
    assert not list(tmp_path.glob("*0*.keras"))
    again = {"epochs": 20, "resume": True, **STUCK}
    with pytest.raises(ValueError, match=r"stopped after epoch 3.*more.*--patience"):
        runs.train(tmp_path, "undercomplete", patience=2, **again)
    # From the best epoch on.
    record = runs.train(tmp_path, "undercomplete", patience=3, **again)
    assert (record["epochs"], record["best_epoch"]) == (4, 1)
    record = runs.train(tmp_path, "undercomplete", **{**again, "epochs": 6})
    assert record["epochs"] == 6
    assert "best_epoch" not in record


def test_with_patience_the_model_is_that_of_the_best_epoch(tmp_path, images):
    # Nothing to learn but by heart: the validation loss soon rises.
    np.save(tmp_path / "noise.npy", images(40, 30))
    options = {"data": str(tmp_path / "noise.npy"), "learning_rate": 0.03, "log": str}
    patient = runs.train(tmp_path / "a", "deep", epochs=40, patience=5, **options)
    best, losses = patient["best_epoch"], Run(tmp_path / "a").history()["val_loss"]
    assert best == 1 + int(np.argmin(losses))
    assert patient["epochs"] == len(losses) == best + 5
    short = runs.train(tmp_path / "b", "deep", epochs=best, **options)
    assert short["errors"] == patient["errors"]


# Validation losses, and where training stops at a patience of 2: epochs and the best.
LOSSES = ([3.0, 2.0, 2.5, 1.0, 1.0, 4.0, 5.0], (6, 4))


@pytest.mark.parametrize("killed_at", range(1, 7))
@pytest.mark.parametrize("moment", ["before", "checkpoint", "best"])
def test_a_killed_run_has_the_patience_that_it_had(killed_at, moment, tmp_path):
    losses, expected = LOSSES
    run, killed = Run(tmp_path), False
    run.begin(SETTINGS)
    while True:
        done, _ = 0, run.path(HISTORY).touch()
        stopping = EarlyStopping(run, 2)
        stopping.set_model(SimpleNamespace(stop_training=False))
        if run.checkpoints():  # resumed
            done = int(run.checkpoints()[-1].read_text())
            run._keep_epochs(done)
            if stopping.restore(run.history()["val_loss"]):
                break
        for epoch in range(done, len(losses)):
            dies = not killed and epoch + 1 == killed_at
            rows = [f"{n},{loss}" for n, loss in enumerate(losses[: epoch + 1])]
            run.path(HISTORY).write_text("\n".join(["epoch,val_loss", *rows, ""]))
            if dies and moment == "before":
                break
            run.checkpoint(epoch + 1).write_text(str(epoch + 1))
            run.remove_checkpoints(keep=run.checkpoint(epoch + 1))
            if dies and moment == "checkpoint":
                break
            stopping.on_epoch_end(epoch, {"val_loss": losses[epoch]})
            if dies or stopping.model.stop_training:
                break
        if killed or not dies:
            break
        killed = True
    best, path = run.best()
    assert (len(run.history()["val_loss"]), best) == expected
    assert path.read_text() == str(best)
    assert len(list(tmp_path.glob("best-*"))) == 1


def test_patience_that_comes_later_counts_from_there(tmp_path):
    run = Run(tmp_path)
    run.begin(SETTINGS)
    run.checkpoint(3).write_text("3")
    stopping = EarlyStopping(run, 2)
    assert not stopping.restore([1.0, 2.0, 3.0])
    assert run.best()[0] == 3


class Terminal(io.StringIO):
    """Keeps all that is drawn."""

    def isatty(self):
        return True


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_bar_leaves_room_for_what_a_terminal_echoes(columns, monkeypatch):
    """Behind a bar as wide as the terminal, "^C" breaks the line."""
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()
    progress = Progress(terminal)
    progress.set_params({"epochs": 400, "steps": 10})
    progress.on_train_begin()
    progress.on_epoch_begin(9)
    names = ("kl_loss", "loss", "reconstruction_loss", "val_kl_loss", "val_loss")
    progress.on_epoch_end(9, dict.fromkeys(names, 0.25))
    progress.close()
    drawn = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", terminal.getvalue())
    lines = re.split(r"[\r\n]", drawn)
    last = [line for line in lines if line.strip()][-1]
    assert max(map(len, lines)) <= columns - 3
    assert "epoch 10/400" in last
    assert " loss 0.2500" in last
    assert ("val_loss 0.2500" in last) == (columns > 60)


@pytest.mark.every_backend
def test_records_are_json(tmp_path):
    record = train(tmp_path, options={"latent_dim": 2}, learning_rate=1)
    assert json.loads((tmp_path / "metrics.json").read_text()) == record
