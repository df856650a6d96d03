"""Runs the experiments of a source."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kerasae import _checks, _environment
from kerasae.reproduce import (
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
    """Run the experiments of a source on MNIST, at its settings.

    Every experiment has a subfolder, named after the backend and the experiment, with
    its model, history and pictures. `results.json` in `folder` gets a result at the
    end of each, those of other backends beside it.

    Args:
        source: Name of the source, a key of `SOURCES`.
        folder: Takes everything; made if it does not exist. None means
            `runs/reproduce/SOURCE`, or `runs/reproduce/SOURCE-quick`.
        only: Names of the experiments to run; empty for all of the source.
        quick: Digits in place of MNIST, and an epoch or few: the same code in less
            than a minute.
        seed: Makes the experiments repeatable.
        resume: Keep what is finished, and go on after the last whole epoch of what
            is not.
        force: Do again what is finished.
        log: Takes what there is to tell, a line at a time.

    Returns:
        The results of the experiments, as `results.json` has them: settings, what was
        published, ours, command, seconds of training, backend, versions and machine.

    Raises:
        ValueError: If the source or an experiment is unknown, or `folder` holds
            results of another source, seed or kind.
        FileExistsError: If a result is there, with neither `resume` nor `force`.
        OSError: If MNIST cannot be had, or `folder` cannot be written.

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

    found = find_source(source)
    chosen = _chosen(found, only)
    seed = _checks.required_seed(seed)
    folder = default_folder(found.name, quick=quick) if folder is None else Path(folder)
    backend = keras.backend.backend()
    kept: list[dict[str, Any]] = []
    with Run(folder).locked():
        results = Results(found, folder, quick=quick, seed=seed)
        done = {one.name for one in chosen if results.find(one.name, backend)}
        if done and not (resume or force):
            raise FileExistsError(
                f"{str(folder)!r} holds results of {', '.join(sorted(done))} on "
                f"{backend}. --resume keeps them and does the rest, --force does them "
                "again. Or name another --output."
            )
        for number, experiment in enumerate(chosen, start=1):
            where = f"[{number}/{len(chosen)}] {experiment.name}"
            old = results.find(experiment.name, backend)
            if old is not None and resume:
                log(f"{where}: finished before")
                kept.append(old)
                continue
            log(f"{where}: {experiment.settings}")
            into = folder / backend / experiment.name
            result = _result(
                found, experiment, into, backend, quick=quick, seed=seed, resume=resume
            )
            results.add(result)
            kept.append(result)
    return kept


def _result(
    source: Source,
    experiment: Experiment,
    folder: Path,
    backend: str,
    *,
    quick: bool,
    seed: int,
    resume: bool,
) -> dict[str, Any]:
    """Run one experiment, and return all there is to know of it."""
    from kerasae.reproduce._work import Work

    work = Work(
        source.name,
        experiment.name,
        folder,
        epochs=experiment.quick_epochs if quick else experiment.epochs,
        batch_size=experiment.batch_size,
        quick=quick,
        seed=seed,
        resume=resume,
    )
    ours = experiment.run(work)
    words = ["kerasae reproduce", source.name, "--only", experiment.name]
    words += ["--backend", backend, *(["--quick"] if quick else [])]
    words += ["--seed", str(seed)] if seed else []
    return _environment.report(
        experiment=experiment.name,
        settings=experiment.settings,
        command=" ".join(words),
        data=work.data.name,
        seed=seed,
        epochs=work.epochs,
        batch_size=work.batch_size,
        backend=backend,
        seconds=round(work.seconds, 2),
        published=dict(experiment.published),
        ours=ours,
    )


def find_source(source: str) -> Source:
    """Return the source of a name, or say which is near."""
    if source not in SOURCES:
        raise ValueError(
            f"There is no source {source!r}. {_checks.nearest(source, SOURCES)}"
        )
    return SOURCES[source]


def default_folder(source: str, *, quick: bool) -> Path:
    """Return where a source's results go unless said otherwise."""
    return Path("runs") / "reproduce" / (f"{source}-quick" if quick else source)


def _chosen(source: Source, only: Sequence[str]) -> list[Experiment]:
    """Return the experiments to run."""
    known = [one.name for one in source.experiments]
    for name in only:
        if name not in known:
            raise ValueError(
                f"The source {source.name!r} has no experiment {name!r}. "
                f"{_checks.nearest(name, known)}"
            )
    return [one for one in source.experiments if not only or one.name in only]
