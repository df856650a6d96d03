"""The command line, through its real entry point, in processes of its own."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np
import pytest

import kerasae
from kerasae.builders import SUMMARIES, VARIANTS
from kerasae.cli import main
from kerasae.cli._variant_options import explanations, parameters
from kerasae.runs import Run

KERASAE = Path(sys.executable).with_name("kerasae")

FAST = ("--data", "digits", "--epochs", "2", "--batch-size", "256")


def command(*words, **environment):
    return [str(KERASAE), *map(str, words)], {
        **os.environ,
        "KERAS_BACKEND": keras.backend.backend(),
        **environment,
    }


def run(*words, **environment):
    """Run the installed command in a process of its own; return what it printed."""
    words, environment = command(*words, **environment)
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def here(monkeypatch, capfd):
    """Run the command's entry point in this process, which has Keras already."""

    def call(*words, fails=False):
        monkeypatch.setattr(sys, "argv", ["kerasae", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        assert (exit_.value.code != 0) == fails, out + err
        if not fails:
            return out
        assert err.startswith("Error: ")
        assert err.count("\n") == 1
        return err

    return call


def epochs(folder):
    with (folder / "history.csv").open(newline="") as file:
        return [int(row["epoch"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run and what the command printed."""
    folder = tmp_path_factory.mktemp("runs") / "conv"
    printed = run("train", "conv", *FAST, "--filters", "8,4", "--output", folder)
    return folder, printed


@pytest.mark.every_backend
def test_train_keeps_everything_in_the_folder(finished):
    folder, _ = finished
    assert sorted(path.name for path in folder.iterdir()) == [
        "architecture.png",
        "curves.png",
        "history.csv",
        "metrics.json",
        "model.keras",
        "reconstructions.png",
    ]
    assert epochs(folder) == [0, 1]
    record = json.loads((folder / "metrics.json").read_text())
    assert record["finished"]
    assert record["backend"] == keras.backend.backend()
    assert record["settings"]["options"] == {"filters": [8, 4]}
    assert record["settings"]["seed"] == 0
    assert record["versions"]["keras"] == keras.__version__
    assert record["code_size"] == 2 * 2 * 4
    assert set(record["errors"]) == {"autoencoder", "PCA, 16 dimensions"}
    assert record["errors"]["PCA, 16 dimensions"]["test"] == pytest.approx(
        0.01152, abs=1e-5
    )
    assert kerasae.load(folder / "model.keras").encoder.output_shape == (None, 2, 2, 4)


def test_train_prints_plain_lines_and_a_table(finished):
    folder, printed = finished
    assert "\x1b" not in printed
    assert "\r" not in printed
    lines = printed.splitlines()
    assert sum(line.startswith("epoch ") for line in lines) == 2
    assert any("divided by 16" in line for line in lines)
    assert any("1257 training and 540 test samples" in line for line in lines)
    assert any(line.startswith("PCA, 16 dimensions") for line in lines)
    assert str(folder) in printed


def test_a_finished_run_is_not_overwritten(finished, here):
    folder, _ = finished
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    argument_error = here("train", "conv", *FAST, "--output", folder, fails=True)
    assert "already holds a finished run" in argument_error
    assert "--force" in argument_error
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.every_backend
def test_a_finished_run_can_be_prolonged(finished, tmp_path, here):
    folder = copy(finished[0], tmp_path)
    more = ("train", "conv", "--filters", "8,4", "--data", "digits")
    more += ("--batch-size", "256", "--output", folder, "--resume")
    assert "finished after epoch 2" in here(*more, "--epochs", "2", fails=True)
    here(*more, "--epochs", "3")
    assert epochs(folder) == [0, 1, 2]


def test_resume_keeps_to_the_settings(finished, tmp_path, here):
    folder = copy(finished[0], tmp_path)
    words = ("train", "conv", "--data", "digits", "--epochs", "5", "--resume")
    argument_error = here(*words, "--filters", "8,8", "--output", folder, fails=True)
    assert "began with options={'filters': [8, 4]}" in argument_error


def copy(folder, target):
    target = target / "copy"
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def test_a_prolonged_run_that_is_killed_keeps_what_it_had(finished, tmp_path):
    run_ = Run(copy(finished[0], tmp_path))
    settings = {**run_.read()["settings"], "epochs": 9}
    assert run_.resume(settings)[0] == 2
    # As after a kill in the first new epoch.
    assert run_.resume(settings)[0] == 2
    with pytest.raises(ValueError, match="--epochs 2 or more"):
        run_.resume({**settings, "epochs": 1})


def test_files_of_the_users_survive(tmp_path, here):
    (tmp_path / "checkpoint-best.keras").write_text("mine")
    here("train", "undercomplete", "--epochs", "1", "--output", tmp_path)
    assert (tmp_path / "checkpoint-best.keras").read_text() == "mine"


def test_only_one_command_trains_in_a_folder(tmp_path, here):
    words = ("train", "undercomplete", "--epochs", "1", "--output", tmp_path / "run")
    with Run(tmp_path / "run").locked():
        assert "Another command is training" in here(*words, fails=True)
    here(*words)


def test_what_cannot_be_drawn_does_not_stop_the_run(tmp_path, here, images):
    np.save(tmp_path / "x.npy", images(2, 9, 8, 2))
    printed = here(
        "train", "conv", "--data", tmp_path / "x.npy", "--epochs", "1",
        "--output", tmp_path / "run",
    )  # fmt: skip
    assert "no picture of the reconstructions" in printed
    assert Run(tmp_path / "run").read()["finished"]


def test_divergence_is_said(tmp_path, here):
    words = ("--epochs", "1", "--optimizer", "sgd", "--learning-rate", "1e30")
    words += ("--activation", "linear", "--output-activation", "linear")
    argument_error = here(
        "train", "undercomplete", *words, "--output", tmp_path / "run", fails=True
    )
    assert "Training diverged" in argument_error


def test_samples_of_another_shape_are_refused(finished, tmp_path, here, images):
    np.save(tmp_path / "x.npy", images(4, 2, 32))
    words = ("--data", tmp_path / "x.npy", "--output", tmp_path / "z.npy")
    assert "takes samples of shape (8, 8, 1)" in here(
        "encode", finished[0], *words, fails=True
    )


def test_export_compares_on_the_data_of_the_run(finished, tmp_path, here):
    folder = tmp_path / "onnx"
    printed = here("export", finished[0], "--output", folder, "--quantize")
    for part in ("encoder", "decoder", "autoencoder"):
        assert re.search(rf"^{part}\.onnx +\d\.\de-\d+$", printed, re.MULTILINE)
        assert re.search(rf"^{part}-8bit\.onnx +[\d,]+ +", printed, re.MULTILINE)
    assert "compared on 256 samples" in printed
    assert f"python {folder}/infer.py" in printed
    assert "divided by 16" in (folder / "README.md").read_text()
    words = ("export", finished[0], "--output", folder)
    assert "exists already" in here(*words, fails=True)
    assert "written" in here(*words, "--force")


def test_export_refuses_what_it_cannot_do(finished, tmp_path, here):
    assert "holds no run" in here("export", tmp_path, fails=True)
    assert "Did you mean 'openvino'" in here(
        "export", finished[0], "--format", "openvin", fails=True
    )
    assert not (finished[0] / "onnx").exists()


def test_export_names_the_formats_there_are():
    from kerasae.cli import _export_command
    from kerasae.exporting import FORMATS

    assert tuple(FORMATS) == _export_command._FORMATS


def test_force_replaces_a_run(finished, tmp_path, here):
    folder = copy(finished[0], tmp_path)
    (folder / "notes.txt").write_text("mine")
    words = ("--data", "digits", "--epochs", "1", "--output", folder, "--force")
    assert "\n1 epoch, " in here("train", "undercomplete", *words)
    record = json.loads((folder / "metrics.json").read_text())
    assert record["settings"]["variant"] == "undercomplete"
    assert epochs(folder) == [0]
    assert (folder / "notes.txt").read_text() == "mine"


def stopped(words, file, signal_):
    """Send a process a signal once it has written a file; return what it said."""
    argv, environment = command(*words)
    # Where Ctrl-C is ignored, as in the background, a new process ignores it too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        argv,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    signal.signal(signal.SIGINT, before)
    try:
        deadline = time.monotonic() + 120
        while not file.exists():
            assert process.poll() is None, "ended before it could be stopped"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal_)
        _, said = process.communicate(timeout=60)
        return process.returncode, said
    finally:
        process.kill()
        process.wait()


def test_ctrl_c_ends_a_run_that_goes_on_later(tmp_path, here):
    words = ("train", "deep", "--batch-size", "4", "--output", tmp_path / "run")
    code, said = stopped(
        (*words, "--epochs", "900"), tmp_path / "run" / "history.csv", signal.SIGINT
    )
    assert code == 130
    assert said.splitlines()[-1] == (
        "interrupted; continue with the same command and --resume"
    )
    done = Run(tmp_path / "run").checkpoints()
    epoch = int(done[0].stem[-6:]) if done else 0
    here(*words, "--epochs", str(epoch + 1), "--resume")
    assert epochs(tmp_path / "run") == list(range(epoch + 1))


def test_a_killed_run_goes_on_after_its_last_epoch(tmp_path, here):
    folder = tmp_path / "run"
    words = ("train", "deep", "--data", "digits", "--batch-size", "8", "--epochs", "5")
    words += ("--output", folder)
    stopped(words, folder / "checkpoint-000002.keras", signal.SIGKILL)
    assert not (folder / "model.keras").exists()
    assert Run(folder).read()["seconds"] > 0
    assert "already holds an unfinished run" in here(*words, fails=True)
    printed = run(*words, "--resume")
    assert "resuming after epoch" in printed
    assert epochs(folder) == [0, 1, 2, 3, 4]
    assert not list(folder.glob("*checkpoint*"))
    record = json.loads((folder / "metrics.json").read_text())
    assert record["finished"]
    triple = kerasae.load(folder / "model.keras")
    steps = int(triple.autoencoder.optimizer.iterations)
    assert steps == 5 * -(-record["split"]["train"] // 8)


@pytest.mark.every_backend
def test_reconstruct_writes_a_picture_or_an_array(finished, tmp_path, here):
    folder, _ = finished
    printed = here("reconstruct", folder, "--output", tmp_path / "x.png")
    assert "540 samples" in printed
    assert (tmp_path / "x.png").read_bytes()[:4] == b"\x89PNG"
    here("reconstruct", folder, "--output", tmp_path / "x.npy", "--split", "train")
    assert np.load(tmp_path / "x.npy").shape == (1257, 8, 8, 1)


@pytest.mark.every_backend
def test_encode_keeps_the_order_of_the_data(finished, tmp_path, images):
    folder, _ = finished
    x = images(7, 8, 8)
    np.save(tmp_path / "x.npy", x)
    run("encode", folder, "--data", tmp_path / "x.npy", "--output", tmp_path / "z.npy")
    encoder = kerasae.load(folder / "model.keras").encoder
    expected = encoder.predict(x[..., None], verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "z.npy"), expected, atol=1e-5)


@pytest.mark.every_backend
def test_detect_names_the_odd_ones_and_why(finished, digits, tmp_path, here):
    x = digits[:20].copy()
    x[7] = 1 - x[7]
    np.save(tmp_path / "x.npy", x)
    output, figure = tmp_path / "scores.csv", tmp_path / "scores.png"
    printed = here(
        "detect", finished[0], "--data", tmp_path / "x.npy", "--output", output,
        "--measure", "squared", "--figure", figure,
    )  # fmt: skip
    assert "of 20 flagged: score above" in printed
    assert "calibrated on 540 test samples" in printed
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["index"] for row in rows] == [str(index) for index in range(20)]
    largest = max(rows, key=lambda row: float(row["score"]))
    assert largest["index"] == "7"
    assert largest["flagged"] == "1"
    assert float(largest["p_value"]) <= 0.01
    assert re.fullmatch(r"[0-7],[0-7]", largest["feature_1"])
    assert 0 < float(largest["share_1"]) < 1
    assert figure.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.every_backend
def test_evaluate_and_diagnose(finished, tmp_path, here):
    printed = here("evaluate", finished[0], "--output", tmp_path / "numbers.json")
    assert "that of PCA" in printed
    assert "linear classifier, accuracy" in printed
    assert max(map(len, printed.splitlines())) < 200
    record = json.loads((tmp_path / "numbers.json").read_text())
    assert record["data"]["samples"] == 540
    printed = here("diagnose", finished[0], "--output", tmp_path / "findings.json")
    names = [
        one["name"] for one in json.loads((tmp_path / "findings.json").read_text())
    ]
    assert all(f": {name}\n" in printed for name in names)
    assert names  # two epochs are too few


def test_training_ends_with_what_is_wrong(tmp_path, here):
    printed = here("train", "tied", "--epochs", "1", "--output", tmp_path / "run")
    assert "warning: The code has 100 numbers, a sample 64" in printed
    assert f"what to change: kerasae diagnose {tmp_path / 'run'}" in printed


def test_evaluate_needs_a_run(tmp_path, here):
    for command in ("evaluate", "diagnose"):
        assert "holds no run" in here(command, tmp_path, fails=True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--false-alarm-rate", "0.001"), "999 scores or more"),
        (("--false-alarm-rate", "1"), "(0, 1)"),
        (("--measure", "sqared"), "Did you mean 'squared'"),
        (("--measure", "bound"), "build_vae"),
        (("--output", "scores.txt"), "Known: csv"),
        (("--data", "nowhere.npy"), "No such file"),
    ],
)
def test_detect_refuses(words, message, finished, tmp_path, here, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("kept.csv").write_text("mine")
    options = {"--data": "digits", "--output": "kept.csv", **dict([words])}
    given = [word for pair in options.items() for word in pair]
    assert message in here("detect", finished[0], *given, fails=True)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]
    assert Path("kept.csv").read_text() == "mine"


def test_list_and_summary(here):
    printed = here("list")
    page = Path(__file__).parents[1] / "docs" / "how-to" / "command-line.md"
    assert f"$ kerasae list\n{printed}```" in page.read_text(encoding="utf-8")
    lines = [line.split(maxsplit=1) for line in printed.splitlines()]
    assert lines == [
        [name.replace("_", "-"), summary] for name, summary in SUMMARIES.items()
    ]
    printed = here("summary", "strided-conv", "--latent-dim", "7", "--code", "dense")
    assert "(None, 7)" in printed
    assert "--latent-dim" in printed


def test_vectors_corruption_and_ready_made_penalties(tmp_path, images, here):
    np.save(tmp_path / "x.npy", (images(60, 12) * 255).astype("uint8"))
    words = ("--data", tmp_path / "x.npy", "--epochs", "1", "--output")
    printed = here(
        "train", "sparse", *words, tmp_path / "sparse",
        "--corruption", "masking,0.3", "--activity-regularizer", "l1,0.001",
    )  # fmt: skip
    assert "integers in 0..255 were divided by 255" in printed
    assert "corrupted input" in printed
    printed = here(
        "train", "deep", *words, tmp_path / "deep",
        "--hidden-units", "8", "--latent-dim=2", "--batch-normalization",
    )  # fmt: skip
    assert "PCA, 2 dimensions" in printed


def test_tensorboard_is_told_how_to_open(here, tmp_path):
    pytest.importorskip("tensorboardX")
    words = ("train", "undercomplete", *FAST, "--output", tmp_path / "run")
    last = here(*words, "--tensorboard").splitlines()[-1]
    assert last == f"look at it with: tensorboard --logdir {tmp_path}/run/tensorboard"
    assert list((tmp_path / "run" / "tensorboard" / "train").glob("events*"))


def test_version_and_running_as_a_module(here):
    assert here("--version") == f"kerasae {version('kerasae')}\n"
    words = [sys.executable, "-m", "kerasae", "--version"]
    assert subprocess.check_output(words, text=True) == here("--version")


def test_one_sample_cannot_be_trained_on(tmp_path, images, here):
    np.save(tmp_path / "x.npy", images(1, 8, 8))
    words = ("--data", tmp_path / "x.npy", "--output", tmp_path / "run")
    argument_error = here("train", "conv", *words, fails=True)
    assert "`x.npy` must be two samples or more" in argument_error
    assert not (tmp_path / "run").exists()


def test_plot_draws_the_pictures_again(finished, tmp_path, images, here):
    folder = copy(finished[0], tmp_path)
    for path in folder.glob("*.png"):
        path.unlink()
    printed = here("plot", folder)
    for name in ("reconstructions.png", "curves.png", "architecture.png"):
        assert f"written: {folder / name}" in printed
        assert (folder / name).read_bytes()[:4] == b"\x89PNG"
    # Data in another place, without their channel axis.
    np.save(tmp_path / "x.npy", images(20, 8, 8))
    here("plot", folder, "--data", tmp_path / "x.npy")
    (folder / "history.csv").unlink()
    assert "no history.csv" in here("plot", folder, fails=True)


def test_compare_prints_a_table_and_draws_all_curves(
    finished, tmp_path, monkeypatch, here
):
    folder = finished[0]
    monkeypatch.chdir(tmp_path)
    words = ("--data", "digits", "--epochs", "1", "--batch-size", "512")
    here("train", "undercomplete", *words, "--output", "small")
    output = Path("pictures", "both.svg")
    lines = here("compare", folder, "small", "--output", output).splitlines()
    assert max(map(len, lines)) <= 80
    backend = keras.backend.backend()
    assert [line.split() for line in lines[:3]] == [
        ["run", "variant", "backend", "code", "parameters"],
        ["conv", "conv", backend, "16", "889"],
        ["small", "undercomplete", backend, "32", "4,192"],
    ]
    record = json.loads(Path("small", "metrics.json").read_text())
    small = record["errors"]["autoencoder"]
    assert lines[5].split()[1] == "2"
    assert lines[5].split()[-1] == "0.01152"
    assert lines[6].split() == [
        "small",
        "1",
        f"{record['seconds']:.1f}",
        f"{small['train']:.5f}",
        f"{small['test']:.5f}",
        "0.00262",
    ]
    assert lines[-1] == f"written: {output}"
    for name in ("conv", "small"):
        assert name in output.read_text()


def test_compare_names_runs_of_one_name_by_their_paths(finished, tmp_path, here):
    twin = tmp_path / "conv"
    twin.mkdir()
    for path in finished[0].iterdir():
        (twin / path.name).write_bytes(path.read_bytes())
    output = ("--output", tmp_path / "x.png")
    printed = here("compare", finished[0], twin, *output)
    assert str(twin) in printed
    assert "each once" in here("compare", twin, f"{twin}/../conv", *output, fails=True)


def test_unfinished_runs_are_not_drawn(finished, tmp_path, here):
    run_ = Run(tmp_path / "run")
    run_.begin({"data": "digits"})
    output = ("--output", tmp_path / "x.png")
    for words in (
        ("plot", run_.folder),
        ("compare", finished[0], run_.folder, *output),
    ):
        assert "run' is not finished" in here(*words, fails=True)
    assert not (tmp_path / "x.png").exists()


COMMANDS = [
    "train",
    "list",
    "summary",
    "plot",
    "compare",
    "evaluate",
    "diagnose",
    "report",
    "reconstruct",
    "encode",
    "detect",
    "publish",
    "export",
    "reproduce",
]


@pytest.mark.parametrize("columns", [60, 100])
def test_help_is_plain_text_that_fits_the_terminal(columns, monkeypatch, here):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERMINAL_WIDTH", str(columns))
    overview = here("-h")
    assert overview == here("--help")
    for command in COMMANDS:
        printed = here(command, "-h")
        assert f"kerasae {command} [OPTIONS]" in " ".join(printed.split())
        assert "<bool>" not in printed
        assert max(map(len, printed.splitlines())) <= columns
        about = printed.split("\n\n")[1].split()
        # The whole first sentence, on narrow terminals too.
        assert " ".join(about)[:40] in " ".join(overview.split())


def test_without_a_command_there_is_help(monkeypatch, capfd):
    monkeypatch.setattr(sys, "argv", ["kerasae"])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 2
    assert "Commands:" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tr", ["train"]),
        ("train conv", ["conv", "conv-vae", "conv1d"]),
        ("summary strid", ["strided-conv"]),
        ("train deep --ba", ["--batch-size", "--backend"]),
        ("train deep --backend j", ["jax"]),
    ],
)
def test_shells_complete(typed, offered):
    words = f"kerasae {typed}"
    environment = {"_KERASAE_COMPLETE": "complete_bash", "COMP_WORDS": words}
    position = str(len(words.split()) - 1)
    assert run(**environment, COMP_CWORD=position).split() == offered


@pytest.mark.parametrize("spelling", ["conv-vae", "conv_vae"])
def test_names_are_read_with_dashes_or_underscores(spelling, tmp_path, here):
    options = ("--latent_dim", "3") if "_" in spelling else ("--latent-dim", "3")
    assert "(None, 3)" in here("summary", spelling, *options)
    size = "--batch_size" if "_" in spelling else "--batch-size"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        printed = here("train", spelling, *options, "--epochs", "1", size, "512")
        assert "files in runs/conv-vae-digits:" in printed
        losses = next(line for line in printed.splitlines() if line.startswith("epoch"))
        names = [word for word in losses.split() if word.endswith("loss")]
        parts = ["loss", "kl_loss", "reconstruction_loss"]
        assert names == [*parts, *(f"val_{name}" for name in parts)]


@pytest.mark.parametrize("variant", SUMMARIES)
def test_every_option_is_explained(variant):
    explained = explanations(VARIANTS[variant])
    for option, parameter in parameters(VARIANTS[variant]).items():
        text = explained[parameter.name]
        assert text.endswith("."), option
        assert not re.search('As in build|`|"', text), option


def test_explanations_use_the_words_of_the_command_line(monkeypatch, here):
    monkeypatch.setenv("COLUMNS", "60")
    printed = here("summary", "deep")
    assert "  --hidden-units  (default: 128,64)\n      Sizes of " in printed
    assert "gaussian, masking or salt_and_pepper;" in " ".join(printed.split())
    assert "masking,0.3" in printed
    explained = printed[printed.index("Options") :].splitlines()
    assert max(map(len, explained)) <= 60


STANDARDIZED = ("--output-activation", "linear", "--epochs", "2", "--data")


@pytest.mark.every_backend
def test_standardized_tables_are_taken_as_they_are(tmp_path, here):
    z, mixing = (np.random.default_rng(n).normal(size=(90, 90)) for n in (0, 1))
    x = (z[:, :2] @ mixing[:2, :6]).astype("float32")
    np.save(tmp_path / "x.npy", x)
    words = ("train", "deep", *STANDARDIZED, tmp_path / "x.npy")
    printed = here(*words, "--output", tmp_path / "run", "--patience", "5")
    kept = f"values from {x.min():g} to {x.max():g} were left as they are"
    assert kept in printed
    assert "\nmodel of epoch 2, which had the lowest validation loss\n" in printed
    record = Run(tmp_path / "run").read()
    assert record["scaled"] is False
    errors = record["errors"]["autoencoder"]
    # The same values for all that reads the run, whatever new data look like.
    assert kept in here("encode", tmp_path / "run", "--output", tmp_path / "z.npy")
    triple = kerasae.load(tmp_path / "run" / "model.keras")
    codes = triple.encoder.predict(x, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "z.npy"), codes, atol=1e-5)
    found = here("reconstruct", tmp_path / "run")
    assert f"mean squared error per feature {errors['test']:.5f}" in found
    whole = np.arange(12, dtype="uint8").reshape(2, 6)
    np.save(tmp_path / "u8.npy", whole)
    words = ("--data", tmp_path / "u8.npy", "--output", tmp_path / "z.npy")
    here("encode", tmp_path / "run", *words)
    codes = triple.encoder.predict(whole.astype("float32"), verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "z.npy"), codes, rtol=1e-4)


@pytest.mark.parametrize("variant", ["deep", "vae"])
def test_a_sigmoid_refuses_what_it_cannot_return(variant, tmp_path, here):
    np.save(tmp_path / "x.npy", np.array([[-1.0, 2.0]] * 9))
    words = ("train", variant, "--data", tmp_path / "x.npy", "--output", tmp_path / "r")
    error = here(*words, fails=True)
    assert "values in [0, 1]" in error
    assert "Received: values from -1 to 2 in x.npy." in error
    assert "--output-activation linear" in error
    assert not (tmp_path / "r").exists()
    here(*words, "--output-activation", "linear", "--epochs", "1")


def test_the_loss_is_the_users(tmp_path, here):
    words = ("train", "undercomplete", *FAST, "--output", tmp_path / "run")
    here(*words, "--loss", "mean_absolute_error")
    loaded = kerasae.load(tmp_path / "run" / "model.keras").autoencoder
    assert loaded.loss == "mean_absolute_error"
    assert Run(tmp_path / "run").read()["settings"]["loss"] == "mean_absolute_error"


BAD = {
    "no_variant": (("train",), "kerasae train --help"),
    "command": (("trian",), "No such command 'trian'"),
    "extra": (("list", "deep"), "unexpected extra argument"),
    "number": (("train", "deep", "--epochs", "x"), "'--epochs'"),
    "loss": (("train", "deep", "--loss", "huberr"), "Did you mean 'huber'"),
    "own_loss": (("train", "vae", "--loss", "huber"), "has a loss of its own"),
    "patience": (("train", "deep", "--patience", "0"), "`patience` must be a pos"),
    "spelling": (("train", "conv_vea"), "Did you mean 'conv-vae'"),
    "variant": (("train", "cnov"), "Did you mean 'conv'"),
    "option": (("train", "conv", "--filter", "8"), "Did you mean '--filters'"),
    "value": (("train", "conv", "--filters"), "--filters needs a value"),
    "latent_dim": (("train", "deep", "--latent-dim", "0"), "`latent_dim` must be"),
    "negative": (("train", "deep", "--latent-dim", "-3"), "`latent_dim` must be"),
    "rate": (("train", "deep", "--corruption", "masking,1.5"), "`rate` must be"),
    "data": (("train", "conv", "--data", "mnits"), "mnist"),
    "file": (("train", "conv", "--data", "gone.npy"), "gone.npy"),
    "optimizer": (("train", "conv", "--optimizer", "adan"), "Did you mean 'adam'"),
    "epochs": (("train", "conv", "--epochs", "0"), "`epochs` must be"),
    "rate_nan": (("train", "conv", "--learning-rate", "nan"), "`learning_rate` must"),
    "rate_zero": (("train", "conv", "--learning-rate", "0"), "`learning_rate` must"),
    "rate_below": (("train", "conv", "--learning-rate", "-1"), "`learning_rate` must"),
    "seed": (("train", "conv", "--seed", "-1"), "`seed` must be a whole number"),
    "switch": (("train", "deep", "--batch-normalization=8"), "is true or false"),
    "backend": (("train", "conv", "--backend", "theano"), "one of 'tensorflow'"),
    "resume": (("train", "conv", "--resume"), "holds no run"),
    "run": (("reconstruct", "nothing"), "holds no run"),
    "plot": (("plot", "nothing"), "holds no run"),
    "compare": (("compare", "nothing", "else"), "holds no run"),
}


@pytest.mark.parametrize(("words", "expected"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_writes_nothing(
    words, expected, tmp_path, monkeypatch, here
):
    monkeypatch.chdir(tmp_path)
    assert expected in here(*words, fails=True)
    assert not list(tmp_path.iterdir())


def test_a_missing_backend_names_the_command_that_installs_it(tmp_path):
    # A `python -S`-like process: an import path on which nothing is found.
    code = (
        "import importlib.util, sys;"
        "find = importlib.util.find_spec;"
        "importlib.util.find_spec = lambda name, *rest:"
        " None if name == 'torch' else find(name, *rest);"
        "sys.argv = ['kerasae', 'train', 'conv', '--backend', 'torch'];"
        "from kerasae.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert 'pip install "kerasae[torch]"' in done.stderr


def test_an_output_that_cannot_be_written(tmp_path, here):
    (tmp_path / "file").write_text("in the way")
    words = ("--epochs", "1", "--output", tmp_path / "file" / "run")
    argument_error = here("train", "conv", *words, fails=True)
    assert "cannot be written: Not a directory" in argument_error
    assert (tmp_path / "file").read_text() == "in the way"


def test_fewer_samples_than_a_batch(tmp_path, images, here):
    np.save(tmp_path / "x.npy", images(5, 8, 8))
    words = ("--data", tmp_path / "x.npy", "--epochs", "1")
    here("train", "conv", *words, "--output", tmp_path / "run")
    assert epochs(tmp_path / "run") == [0]
