"""Every script in `examples/` runs, prints what it promises and writes its files."""

import re
import runpy
import shutil
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
DOCS = EXAMPLES.with_name("docs")
NUMBER = r"\d+\.\d+"
# Script: what it prints, and the files that it writes.
PROMISES = {
    "first_model": (
        (
            r"images \(540, 8, 8, 1\) -> codes \(540, 2, 2, 8\) -> images",
            rf"mean squared error per pixel on the test images: {NUMBER}",
        ),
        ("first_model.png", "first_model.keras"),
    ),
    "linear_is_pca": (
        (rf"linear autoencoder, 8 dimensions: {NUMBER}", r"PCA, .*: +0\.02450"),
        ("linear_is_pca.png",),
    ),
    "undercomplete": (
        (
            r"\n4192 weights",
            rf"Adam +loss {NUMBER}  on the test images {NUMBER}",
            rf"against themselves: {NUMBER}",
            rf"linear autoencoder +mean squared error {NUMBER}",
            r"PCA +mean squared error 0\.00262",
            r"undercomplete\.keras: largest difference 0\.0",
        ),
        (
            "undercomplete.keras",
            "undercomplete_adadelta.png",
            "undercomplete_adam.png",
            "undercomplete_curves.png",
            "undercomplete_small_steps.png",
        ),
    ),
    "sparse": (
        (
            rf"no penalty +mean activation +{NUMBER} ",
            rf"L1 penalty +mean activation +{NUMBER} ",
            rf"at most 8 of 32 .* active units +{NUMBER} of 32",
            r"at most 32 of 1024 .* of 1024 .*\nunits that are ever active: \d+",
        ),
        (
            "sparse_activations.png",
            "sparse_codes.png",
            "sparse_filters.png",
            "sparse_reconstructions.png",
        ),
    ),
    "deep": (
        (
            r"deep +64-128-64-32-64-128-64: 37344 weights",
            rf"wide +loss {NUMBER}  on the test images {NUMBER}",
            rf"deep +mean squared error {NUMBER}\nPCA +mean squared error 0\.00262",
        ),
        (
            "deep_curves.png",
            "deep_map.png",
            "deep_reconstructions.png",
            "deep_shallow.png",
        ),
    ),
    "convolutional": (
        (
            r"code +\(1, 1, 8\) ",
            r"all weights +4385",
            rf"mean squared error +{NUMBER}\nPCA, +32 numbers +0\.00262",
        ),
        (
            "convolutional_architecture.png",
            "convolutional_codes.png",
            "convolutional_curves.png",
            "convolutional_logs",
            "convolutional_reconstructions.png",
        ),
    ),
    "denoising": (
        (
            r"28353 weights",
            r"training=False  top row \[",
            rf"noisy images: +{NUMBER}\nerror of the denoised images: +{NUMBER}",
            rf"salt_and_pepper +0\.3  error before {NUMBER}  after {NUMBER}",
            rf"completed images: +{NUMBER}",
        ),
        ("denoising_curves.png", "denoising_gaussian.png", "denoising_masking.png"),
    ),
    "tied": (
        (
            r"weights: 6564 tied, 12964 untied",
            rf" 0  {NUMBER}  {NUMBER}\n",
            rf"test images -> reconstructions: {NUMBER}",
            rf"masked, trained on 30 % masked: {NUMBER}",
        ),
        ("tied.png", "tied_filters.png", "tied_masked.png"),
    ),
    "pretraining": (
        (
            rf"from scratch +{NUMBER}",
            rf"pair 5 of 5  loss {NUMBER} to {NUMBER}",
            rf"pretrained, fine-tuned {NUMBER}",
            r"PCA .* +0\.01971",
        ),
        (
            "pretraining_curves.png",
            "pretraining_pretrained.png",
            "pretraining_scratch.png",
        ),
    ),
    "growing": (
        (
            rf"after 1 epochs: a code of 16, {NUMBER} -> {NUMBER}\nafter 2 epochs",
            rf"mean squared error per pixel: {NUMBER}",
        ),
        ("growing.png", "growing_curves.png", "growing_frames", "growing_movie.gif"),
    ),
    "stacked_denoising": (
        (
            r"100 labelled images of 1257",
            rf"random weights +mean +{NUMBER}",
            rf"pretrained +mean +{NUMBER}",
        ),
        ("stacked_denoising.json",),
    ),
    "stacked_in_four_lines": (
        (rf"codes \(1257, 100\), mean squared error {NUMBER}",),
        ("stacked.csv", "stacked.keras"),
    ),
    "scikit_learn_pipeline": (
        (rf"code of 32  accuracy {NUMBER}", rf"on the test images: {NUMBER}"),
        ("pipeline.joblib",),
    ),
    "variational": (
        (
            rf"KL of the code of 20, by hand: {NUMBER} nats",
            rf"code of 20 .* {NUMBER} = reconstruction {NUMBER} \+ KL {NUMBER} nats",
            rf"code of  2 .* {NUMBER} = reconstruction {NUMBER} \+ KL {NUMBER} nats",
        ),
        (
            "variational_curves.png",
            "variational_map.png",
            "variational_plane.png",
            "variational_samples.png",
        ),
    ),
    "importance_weighted": (
        (
            rf"  1 samples  -log p\(x\) {NUMBER} nats  \d+ of 50 units active",
            rf"  5 samples  -log p\(x\) {NUMBER} nats",
        ),
        (
            "importance_weighted.json",
            "importance_weighted_1.keras",
            "importance_weighted_5.keras",
        ),
    ),
    "anomalies": (
        (
            r"319 tumors to judge, 212 of them malignant",
            r"malignant ones flagged: \d+\.\d%",
            rf"5 nearest neighbors +{NUMBER} +{NUMBER}",
            r"the same after loading: True",
            rf"ROC AUC of squared errors {NUMBER}",
            r"faulty steps flagged \d+\.\d%",
        ),
        (
            "anomalies_maps.png",
            "anomalies_reasons.png",
            "anomalies_scores.png",
            "anomalies_series.png",
            "tumors.kerasae",
        ),
    ),
    "sequences": (
        (
            rf"conv1d  mean squared error {NUMBER}",
            rf"LSTM    mean squared error {NUMBER}",
            r"PCA     mean squared error 0\.04087",
        ),
        ("sequences.png",),
    ),
    "shipping": (
        (
            rf"^Keras             mean squared error {NUMBER}",
            r"\nencoder\.onnx      largest difference \de[-+]\d\d\n",
            r"\ncodes \(10, 32\) reconstructions \(10, 8, 8, 1\)",
            rf"\nin eight bits     mean squared error {NUMBER}\n[\d,]+ bytes -> ",
        ),
        ("shipping", "shipping.npy", "shipping.png"),
    ),
    "diagrams": (
        (r"written: .*diagrams\.svg",),
        tuple(f"diagrams.{suffix}" for suffix in ("dot", "mmd", "png", "svg"))
        + (("diagrams_encoder.png",) if shutil.which("dot") else ()),
    ),
    "own_builder": (
        (
            r"zeros in the codes: \d+%",
            r"loaded: shrinking_ae, code \(None, 32\)",
            r"in scikit-learn: codes \(1257, 16\)",
        ),
        ("own_builder.keras", "own_builder.png", "own_builder.svg"),
    ),
}
UNTRAINED = ("diagrams",)
# It starts all backends: `cross_backend.py` runs it.
ELSEWHERE = ("move_between_backends",)
EVERY_BACKEND = ("first_model", "linear_is_pca")
# What else makes a script quick.
QUICKER = {
    "undercomplete": ("--data", "digits"),
    "sparse": ("--data", "digits"),
    "deep": ("--data", "digits"),
    "convolutional": ("--data", "digits"),
    "denoising": ("--data", "digits"),
    "variational": ("--data", "digits"),
    "anomalies": ("--data", "digits"),
    "growing": ("--data", "digits"),
    "pretraining": ("--data", "digits"),
    "tied": ("--data", "digits"),
    "shipping": ("--data", "digits"),
    "stacked_denoising": ("--seeds", "0", "--pretrain-epochs", "2"),
    "importance_weighted": (
        *("--samples", "1", "5"),
        *("--images", "50", "--judge-samples", "100"),
    ),
}


@pytest.fixture
def run(monkeypatch, capfd):
    """Run scripts for one epoch in this process, which has a backend already."""

    def call(script: str, folder: Path) -> str:
        quick = (
            [] if script in UNTRAINED else ["--epochs", "1", *QUICKER.get(script, ())]
        )
        words = [f"{script}.py", "--out", str(folder), *quick]
        monkeypatch.setattr(sys, "argv", words)
        capfd.readouterr()
        runpy.run_path(str(EXAMPLES / f"{script}.py"), run_name="__main__")
        return capfd.readouterr().out

    return call


def test_every_example_is_tested():
    scripts = {path.stem for path in EXAMPLES.glob("*.py")}
    assert scripts == {*PROMISES, *ELSEWHERE}


@pytest.mark.parametrize("script", [*PROMISES, *ELSEWHERE])
def test_a_page_shows_the_example(script):
    pages = "".join(page.read_text() for page in DOCS.rglob("*.md"))
    # Formatters of code in Markdown take this for Python and spoil it.
    included = f'--8<-- "examples/{script}.py"' in pages
    assert included or f"\nscript: {script}\n" in pages


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            script, marks=pytest.mark.every_backend if script in EVERY_BACKEND else ()
        )
        for script in PROMISES
    ],
)
def test_example_keeps_its_promises(script, run, tmp_path):
    printed = run(script, tmp_path)
    lines, files = PROMISES[script]
    for line in lines:
        assert re.search(line, printed), f"no {line!r} in:\n{printed}"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)
