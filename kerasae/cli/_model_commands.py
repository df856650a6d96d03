"""The commands that apply trained models to data."""

from pathlib import Path
from typing import Annotated

import typer

from kerasae._checks import counted
from kerasae._files import checked_path, replacing
from kerasae._types import ArrayLike
from kerasae.cli._arguments import Backend, RunData, RunFolder, Split
from kerasae.cli._process import use_backend


def reconstruct(
    run: RunFolder,
    data: RunData = None,
    split: Split = "test",
    output: Annotated[
        Path | None,
        typer.Option(
            help="A picture (.png, .svg, .pdf) or all reconstructions (.npy). "
            "Default: a picture in the run's folder."
        ),
    ] = None,
    backend: Backend = None,
) -> None:
    """Reconstruct data with a trained model, and print the error."""
    use_backend(backend)
    from kerasae import metrics, plotting, runs
    from kerasae.engine.prediction import predict
    from kerasae.layers.padding_mask import padding_value

    triple, x, name = runs.load_with_samples(run, data=data, split=split)
    output = output or run / f"reconstructions-{name}.png"
    reconstructed = predict(triple, x)
    if output.suffix == ".npy":
        _save_array(output, reconstructed)
    else:
        plotting.plot_reconstructions(x[:10], reconstructed[:10], path=output)
    padding = padding_value(triple.autoencoder)
    error = metrics.reconstruction_error(x, reconstructed, mask_value=padding)
    print(f"{counted(len(x), 'sample')}, mean squared error per feature {error:.5f}")
    print(f"written: {output}")


def encode(
    run: RunFolder,
    output: Annotated[Path, typer.Option(help="The .npy file for the codes.")],
    data: RunData = None,
    split: Split = "all",
    backend: Backend = None,
) -> None:
    """Write the codes of data, one row per sample, in the order of the data."""
    use_backend(backend)
    from kerasae import runs
    from kerasae.engine.prediction import predict

    checked_path(output, ("npy",))
    triple, x, _ = runs.load_with_samples(run, data=data, split=split)
    codes = predict(triple.encoder, x)
    _save_array(output, codes)
    print(f"codes of shape {codes.shape} written: {output}")


def detect(
    run: RunFolder,
    data: Annotated[str, typer.Option(help="The data to judge, as for `train`.")],
    output: Annotated[Path, typer.Option(help="The .csv file for the scores.")],
    false_alarm_rate: Annotated[
        float, typer.Option(help="The share of ordinary samples that may be flagged.")
    ] = 0.01,
    measure: Annotated[
        str,
        typer.Option(
            help="How anomalous a sample is: joint, squared, absolute, loss, code; for "
            "variational models also bound, likelihood."
        ),
    ] = "joint",
    figure: Annotated[
        Path | None,
        typer.Option(help="Where to draw the scores and the threshold."),
    ] = None,
    backend: Backend = None,
) -> None:
    """Find samples that do not belong, and say which features make them odd.

    Ordinary is what the run was trained on; alarms are calibrated on its test data.
    """
    use_backend(backend)
    from kerasae import plotting, runs

    if figure is not None:
        checked_path(figure)
    found = runs.detect(
        run,
        data,
        measure=measure,
        false_alarm_rate=false_alarm_rate,
        path=output,
    )
    count, total = int(found.flagged.sum()), len(found.flagged)
    print(
        f"{count:,} of {total:,} flagged: score above {found.threshold:.4g}, for "
        f"{false_alarm_rate:g} false alarms"
    )
    print(f"calibrated on {counted(found.calibrated_on, 'test sample')} of the run")
    worst = int(found.scores.argmax())
    reasons = ", ".join(
        f"{runs.feature_word(place)} ({share:.0%})"
        for place, share in zip(found.features[worst], found.shares[worst], strict=True)
    )
    print(
        f"largest score {found.scores[worst]:.4g} at index {worst}, p = "
        f"{found.p_values[worst]:.3g}"
    )
    print(f"most of it by feature {reasons}")
    print(f"written: {output}")
    if figure is not None:
        plotting.plot_scores(
            found.scores,
            threshold=found.threshold,
            rate=false_alarm_rate,
            path=figure,
        )
        print(f"written: {figure}")


def _save_array(path: Path, array: ArrayLike) -> None:
    """Write an `.npy` file atomically."""
    import numpy as np

    with replacing(path, ("npy",)) as temporary:
        np.save(temporary, array)
