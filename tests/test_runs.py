"""Runs in folders, from Python; `test_cli.py` goes through the command."""

import json
import signal
import sys
from contextlib import suppress

import keras
import numpy as np
import pytest

import kerasae
from kerasae import runs
from kerasae.engine.generators import generator_states
from kerasae.runs import Checkpoint, Run
from kerasae.runs._interruption import Interruption
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


@pytest.mark.every_backend
def test_records_are_json(tmp_path):
    record = train(tmp_path, options={"latent_dim": 2}, learning_rate=1)
    assert json.loads((tmp_path / "metrics.json").read_text()) == record
