"""Running the experiments of a source."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kerasae import _checks, _environment
from kerasae.reproduce import (
    anomaly_images,
    anomaly_series,
    anomaly_tables,
    chainer_growing,
    keras_tutorial,
    pytorch_stacked,
    sklearn_stacked,
    theano_tied,
)
from kerasae.reproduce._source import Experiment, Source
from kerasae.reproduce.comparison import Results

# In the order of the tutorials.
SOURCES = {
    module.SOURCE.name: module.SOURCE
    for module in (
        keras_tutorial,
        theano_tied,
        pytorch_stacked,
        sklearn_stacked,
        chainer_growing,
        anomaly_tables,
        anomaly_images,
        anomaly_series,
    )
}


def reproduce(
    source: str,
    folder: str | Path | None = None,
    *,
    only: Sequence[str] = (),
    quick: bool = False,
    seed: int = 0,
    resume: bool = False,
    force: bool = False,
    log: Callable[[str], None] = print,
) -> list[dict[str, Any]]:
    """Run the experiments of a source on its data, with its settings.

    Every experiment has a subfolder, named after the backend and the experiment, for
    its model, history and pictures. After each, its result is added to `results.json`
    in `folder`, beside those of other backends.

    Args:
        source: Name of the source, a key of `SOURCES`.
        folder: The output folder, created if missing. None means
            `runs/reproduce/SOURCE`, or `runs/reproduce/SOURCE-quick`.
        only: Names of the experiments to run; empty means all of the source's.
        quick: Use data that are installed, digits instead of MNIST, and a few epochs:
            the same code in less than a minute.
        seed: Makes the experiments repeatable.
        resume: Keep finished experiments, and continue others after their last full
            epoch.
        force: Repeat finished experiments.
        log: Receives messages, a line at a time.

    Returns:
        The results of the experiments as `results.json` holds them: settings,
        published values, ours, command, seconds of training, backend, versions and
        machine.

    Raises:
        ValueError: If the source or an experiment is unknown, or `folder` holds
            results of another source, seed or `quick`.
        FileExistsError: If a result exists, and neither `resume` nor `force` is set.
        OSError: If the data are not available, or `folder` cannot be written.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.reproduce import reproduce
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     results = reproduce(
        ...         "keras-tutorial", folder, only=["undercomplete-adam"], quick=True
        ...     )
        >>> results[0]["experiment"], results[0]["epochs"]
        ('undercomplete-adam', 1)
    """
    import keras

    from kerasae.runs import Run

    article = find_source(source)
    experiments = _select(article, only)
    seed = _checks.required_seed(seed)
    folder = default_folder(source, quick=quick) if folder is None else Path(folder)
    backend = keras.backend.backend()
    selected: list[dict[str, Any]] = []
    with Run(folder).locked():
        results = Results(article, folder, quick=quick, seed=seed)
        done = [e.name for e in experiments if results.find(e.name, backend)]
        if done and not (resume or force):
            raise FileExistsError(
                f"{str(folder)!r} already holds results of {', '.join(sorted(done))} "
                f"on {backend}. Pass --resume to keep them and run the rest, --force "
                "to repeat them, or another --output."
            )
        for number, experiment in enumerate(experiments, start=1):
            heading = f"[{number}/{len(experiments)}] {experiment.name}"
            result = results.find(experiment.name, backend) if resume else None
            if result is not None:
                log(f"{heading}: finished before")
            else:
                log(f"{heading}: {experiment.settings}")
                result = _run(
                    source,
                    experiment,
                    folder / backend / experiment.name,
                    backend,
                    quick=quick,
                    seed=seed,
                    resume=resume,
                )
                results.add(result)
            selected.append(result)
    return selected


def _run(
    source: str,
    experiment: Experiment,
    folder: Path,
    backend: str,
    *,
    quick: bool,
    seed: int,
    resume: bool,
) -> dict[str, Any]:
    """Run one experiment, and return its result."""
    from kerasae.reproduce._work import Work

    work = Work(
        source,
        experiment.name,
        folder,
        data=experiment.quick_data if quick else experiment.data,
        epochs=experiment.quick_epochs if quick else experiment.epochs,
        batch_size=experiment.batch_size,
        quick=quick,
        seed=seed,
        resume=resume,
    )
    ours = experiment.run(work)
    command = f"kerasae reproduce {source} --only {experiment.name} --backend {backend}"
    command += " --quick" if quick else ""
    command += f" --seed {seed}" if seed else ""
    return _environment.report(
        experiment=experiment.name,
        settings=experiment.settings,
        command=command,
        data=work.data_name,
        seed=seed,
        epochs=work.epochs,
        batch_size=work.batch_size,
        backend=backend,
        seconds=round(work.seconds, 2),
        published=dict(experiment.published),
        ours=ours,
    )


def find_source(source: str) -> Source:
    """Return the source of that name.

    Raises:
        ValueError: If there is none.
    """
    if source not in SOURCES:
        raise ValueError(
            f"There is no source {source!r}. {_checks.nearest(source, SOURCES)}"
        )
    return SOURCES[source]


def default_folder(source: str, *, quick: bool) -> Path:
    """Return where a source's results go by default."""
    return Path("runs") / "reproduce" / (f"{source}-quick" if quick else source)


def _select(source: Source, only: Sequence[str]) -> list[Experiment]:
    """Return the experiments of those names, or all."""
    known = [experiment.name for experiment in source.experiments]
    for name in only:
        if name not in known:
            raise ValueError(
                f"The source {source.name!r} has no experiment {name!r}. "
                f"{_checks.nearest(name, known)}"
            )
    return [e for e in source.experiments if not only or e.name in only]
