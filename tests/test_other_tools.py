"""The blocks of "Tuners and trackers", run as they stand."""

import importlib.util
import re
from pathlib import Path

import keras
import pytest

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "other-tools.md"
SECTIONS = dict(
    re.findall(r"^## (.+?)\n.*?```python\n(.*?)```", PAGE.read_text(), re.M | re.S)
)
NEEDS = {
    "Optuna": "optuna",
    "KerasTuner": "keras_tuner",
    "MLflow": "mlflow",
    "Weights & Biases": "wandb",
    "Keras's own export": "tensorflow",
}
# What each leaves behind.
LEFT = {
    "KerasTuner": "tuning/*/trial_*",
    "MLflow": "mlflow.db",
    "Weights & Biases": "wandb/offline-run-*",
    "Keras's own export": "encoder/saved_model.pb",
}


def test_every_section_is_run():
    assert SECTIONS.keys() == NEEDS.keys()


@pytest.mark.filterwarnings("ignore")  # theirs
@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(
            tool, marks=pytest.mark.every_backend if tool.startswith("Keras's") else ()
        )
        for tool in NEEDS
    ],
)
def test_the_block_runs(tool, tmp_path, monkeypatch, capsys):
    if importlib.util.find_spec(NEEDS[tool]) is None:
        pytest.skip(f"{NEEDS[tool]} is not installed")
    if tool == "Keras's own export" and keras.backend.backend() == "torch":
        pytest.skip("SavedModel needs TensorFlow or JAX")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("WANDB_SILENT", "true")
    exec(compile(SECTIONS[tool], PAGE.name, "exec"), {"__name__": "page"})
    if tool in LEFT:
        assert list(tmp_path.glob(LEFT[tool]))
    printed = capsys.readouterr().out
    if tool == "Optuna":
        assert re.search(
            r"\{'width': \d+, 'latent_dim': \d, 'rate': 0\.\d+\} 0\.", printed
        )
    if tool == "KerasTuner":
        assert re.search(r"'latent_dim': \d+.* \(None, \d+\)", printed)
