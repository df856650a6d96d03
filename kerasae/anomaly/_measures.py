"""Ways to measure how anomalous samples are, and which features make them so."""

from collections.abc import Callable
from typing import Protocol

import keras
import numpy as np
from keras import ops

from kerasae import _checks
from kerasae._arrays import to_numpy
from kerasae._checks import Description, argument_error
from kerasae._triple import Autoencoder, as_triple
from kerasae._types import ModelOrTriple
from kerasae.anomaly._passes import Pass, passes
from kerasae.anomaly._reference import Reference
from kerasae.engine.compiling import default_loss
from kerasae.engine.prediction import predict_float32
from kerasae.generation import log_likelihood
from kerasae.losses import MaskedMeanSquaredError
from kerasae.models import VariationalAutoencoder

MEASURES = ("squared", "absolute", "loss", "code", "joint", "bound", "likelihood")
_VARIATIONAL = ("bound", "likelihood")
# Features of a sample that are replaced one by one: twice as many passes through the
# model. What images have more of, they have in patches, which errors show.
_MOST_REPLACED = 256
_NUMBERS = 2**22  # in memory at once


class Measure(Protocol):
    """How anomalous the samples of a block are."""

    needs_codes: bool

    def scores(self, batch: Pass) -> np.ndarray:
        """Return one number a sample, shape (n,), larger for more anomalous ones."""

    def contributions(self, batch: Pass) -> np.ndarray:
        """Return each feature's share, in the shape of the samples; they add up."""


def measure_of(
    model: ModelOrTriple,
    measure: str,
    reference: Reference | None,
    num_samples: int,
) -> Measure:
    """Return how a score is measured, or raise.

    Args:
        model: A triple, or an autoencoder.
        measure: One of `MEASURES`.
        reference: As in `scores`.
        num_samples: As in `scores`.
    """
    _check_measure(measure)
    if not isinstance(model, (Autoencoder, keras.Model)):
        expected = "an Autoencoder, or a Keras model"
        raise TypeError(argument_error("model", expected, model))
    whole = model if isinstance(model, keras.Model) else model.autoencoder
    variational = isinstance(whole, VariationalAutoencoder)
    if measure in _VARIATIONAL and not variational:
        expected = f"one of {', '.join(set(MEASURES) - set(_VARIATIONAL))} for a model "
        expected += "whose code is no distribution"
        fix = "Likelihoods need a model that build_vae or build_conv_vae returned."
        raise ValueError(argument_error("measure", expected, measure, fix))
    if measure in _VARIATIONAL or (measure == "loss" and variational):
        return _Likelihood(as_triple(model), measure, num_samples)
    if measure == "loss":
        return _loss_measure(whole)
    if measure == "squared":
        return _Errors(np.square)
    if measure == "absolute":
        return _Errors(np.abs)
    triple = as_triple(model)
    reference = _checked_reference(triple, measure, reference)
    kind = _CodeDistance if measure == "code" else _JointDistance
    return kind(triple, reference)


def _check_measure(measure: object) -> None:
    if not isinstance(measure, str):
        expected = "one of " + ", ".join(map(repr, MEASURES))
        fix = "Scores need no labels. Compare labels with them: "
        fix += "sklearn.metrics.roc_auc_score(labels, scores)."
        received = Description(f"a {type(measure).__name__}")
        raise TypeError(argument_error("measure", expected, received, fix))
    _checks.one_of("measure", measure, MEASURES)


def _checked_reference(
    triple: Autoencoder, measure: str, reference: Reference | None
) -> Reference:
    if not isinstance(reference, Reference):
        expected = f"what the training samples look like, for the measure {measure!r}"
        fix = "Pass reference=kerasae.anomaly.fit_reference(model, x_train)."
        text = argument_error("reference", expected, reference, fix)
        raise ValueError(text) if reference is None else TypeError(text)
    found = len(reference.error_location), len(reference.code_location)
    wanted = _size(triple.autoencoder), _size(triple.encoder)
    if found != wanted:
        expected = f"of {wanted[0]} features and {wanted[1]} numbers of a code"
        received = Description(f"one of {found[0]} and {found[1]}")
        fix = "Fit it to this model: kerasae.anomaly.fit_reference(model, x_train)."
        raise ValueError(argument_error("reference", expected, received, fix))
    return reference


def _size(model: keras.Model) -> int:
    return int(np.prod(model.output_shape[1:]))


class _Errors:
    """The mean over a sample's features of a function of their errors."""

    needs_codes = False

    def __init__(self, function: Callable[[np.ndarray], np.ndarray]) -> None:
        self._function = function

    def scores(self, batch: Pass) -> np.ndarray:
        return _flat(self.contributions(batch)).sum(axis=1)

    def contributions(self, batch: Pass) -> np.ndarray:
        errors = self._function(batch.errors)
        return errors / _along(_counted(batch), errors)


def _loss_measure(model: keras.Model) -> Measure:
    """Return the loss that a model was compiled with, or else would be."""
    loss = getattr(model, "loss", None) or default_loss(model)
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    if isinstance(loss, MaskedMeanSquaredError):
        return _Errors(np.square)
    if not callable(loss):
        received = Description(f"'loss', with several losses: {loss!r}")
        fix = "Choose 'squared' or 'absolute'."
        raise ValueError(argument_error("measure", "one loss", received, fix))
    return _Loss(loss.call if isinstance(loss, keras.losses.Loss) else loss)


class _Loss:
    """The loss that a model was trained with, sample by sample."""

    needs_codes = False

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def scores(self, batch: Pass) -> np.ndarray:
        return self._values(batch.x, batch.reconstructed).mean(axis=1)

    def contributions(self, batch: Pass) -> np.ndarray:
        # Each feature as a sample of its own, which losses take the mean or sum of.
        single = self._values(
            batch.x.reshape(-1, 1), batch.reconstructed.reshape(-1, 1)
        )
        single = single.reshape(len(batch.x), -1)
        scores, sums = self.scores(batch), single.sum(axis=1)
        factor = np.divide(scores, sums, out=np.ones_like(sums), where=sums != 0)
        if not np.allclose(factor, np.median(factor), rtol=1e-2):
            expected = "a loss that is the sum of what its features contribute"
            received = Description("'loss', which is not for this model's")
            fix = "Choose 'squared' or 'absolute'."
            raise ValueError(argument_error("measure", expected, received, fix))
        return (single * factor[:, None]).reshape(batch.x.shape)

    def _values(self, x: np.ndarray, made: np.ndarray) -> np.ndarray:
        values = to_numpy(self._function(x, made)).astype("float64")
        return values.reshape(len(x), -1)


class _CodeDistance:
    """The squared Mahalanobis distance of the code from the central one."""

    needs_codes = True

    def __init__(self, triple: Autoencoder, reference: Reference) -> None:
        self._whitening = reference.codes
        self._shares = _CodeShares(triple, reference.code_location)
        self._replacement = _Replacement(triple, reference.location)

    def scores(self, batch: Pass) -> np.ndarray:
        return np.square(self._whitening.apply(_codes(batch))).sum(axis=1)

    def contributions(self, batch: Pass) -> np.ndarray:
        shares = self._shares(batch)
        if self._replacement.suits(batch):
            shares = self._replacement.shares(self.scores, batch, otherwise=shares)
        return shares * _along(self.scores(batch), shares)


class _JointDistance:
    """The squared Mahalanobis distance of errors and code together."""

    needs_codes = True

    def __init__(self, triple: Autoencoder, reference: Reference) -> None:
        self._reference = reference
        self._shares = _CodeShares(triple, reference.code_location)
        self._replacement = _Replacement(triple, reference.location)

    def scores(self, batch: Pass) -> np.ndarray:
        errors, codes = self._parts(batch)
        return errors.sum(axis=1) + codes

    def contributions(self, batch: Pass) -> np.ndarray:
        errors, codes = self._parts(batch)
        shares = self._shares(batch)
        parts = errors.reshape(batch.x.shape) + shares * _along(codes, shares)
        if not self._replacement.suits(batch):
            return parts
        scores = _along(errors.sum(axis=1) + codes, parts)
        return scores * self._replacement.shares(
            self.scores, batch, otherwise=parts / np.where(scores > 0, scores, 1.0)
        )

    def _parts(self, batch: Pass) -> tuple[np.ndarray, np.ndarray]:
        """Return what each error contributes, (n, d), and the code as a whole, (n,)."""
        errors, codes = _flat(batch.errors), _codes(batch)
        joint = self._reference.joint
        if joint is not None:
            parts = np.square(joint.apply(np.concatenate([errors, codes], axis=1)))
            size = errors.shape[1]
            return parts[:, :size], parts[:, size:].sum(axis=1)
        squares = np.square(self._reference.errors.apply(errors))
        if batch.valid is not None:  # as if all steps were like those that count
            squares *= _flat(_spread_over(batch.valid, batch.x))
            squares *= squares.shape[1] / _counted(batch)[:, None]
        distances = np.square(self._reference.codes.apply(codes)).sum(axis=1)
        return squares, distances


class _Likelihood:
    """The negative logarithm of how likely samples are, or a bound on it, in nats."""

    needs_codes = True

    def __init__(self, triple: Autoencoder, measure: str, num_samples: int) -> None:
        self._triple = triple
        self._averages = measure != "likelihood"
        self._num_samples = num_samples
        shape = triple.encoder.output_shape[1:]
        self._shares = _CodeShares(triple, np.zeros(int(np.prod(shape))))

    def scores(self, batch: Pass) -> np.ndarray:
        whole, count = self._triple.autoencoder, self._num_samples
        if not self._averages:
            return -log_likelihood(whole, batch.x, count, verbose=0)
        # Of one code each: what its logarithm's mean estimates is the bound.
        estimates = [
            log_likelihood(whole, batch.x, 1, seed=seed, verbose=0)
            for seed in range(count)
        ]
        return -np.mean(estimates, axis=0)

    def contributions(self, batch: Pass) -> np.ndarray:
        model = self._triple.autoencoder
        parameters = predict_float32(model.output_parameters, batch.codes)
        terms = model.likelihood.terms(
            ops.convert_to_tensor(batch.x), ops.convert_to_tensor(parameters)
        )
        parts = -to_numpy(terms).astype("float64")
        if batch.valid is not None:
            parts *= batch.valid[..., None]
        rest = self.scores(batch) - _flat(parts).sum(axis=1)
        shares = self._shares(batch)
        return parts + shares * _along(rest, shares)


class _CodeShares:
    """The share of each feature in how far a code is from the central one.

    In proportion to how far what the decoder makes of the two is apart there, squared.
    """

    def __init__(self, triple: Autoencoder, center: np.ndarray) -> None:
        self._triple = triple
        self._center = center
        self._decoded: np.ndarray | None = None

    def __call__(self, batch: Pass) -> np.ndarray:
        if self._decoded is None:
            shape = self._triple.encoder.output_shape[1:]
            center = self._center.astype("float32").reshape(1, *shape)
            self._decoded = predict_float32(self._triple.decoder, center)
        apart = np.square(batch.reconstructed.astype("float64") - self._decoded)
        if batch.valid is not None:
            apart *= batch.valid[..., None]
        sums = _flat(apart).sum(axis=1)
        equal = _spread_over(batch.valid, batch.x) / _along(_counted(batch), apart)
        sums_along = _along(np.where(sums > 0, sums, 1.0), apart)
        return np.where(_along(sums, apart) > 0, apart / sums_along, equal)


class _Replacement:
    """The share of each feature, by how much the score falls where it is replaced.

    A feature that is far off draws others along: the code moves, and with it the whole
    reconstruction. Replaced by an ordinary value, it takes all of that back.
    """

    def __init__(self, triple: Autoencoder, center: np.ndarray) -> None:
        self._triple = triple
        self._center = center.astype("float32")

    def suits(self, batch: Pass) -> bool:
        """Tell whether features are few enough to be replaced one by one."""
        return batch.valid is None and self._center.size <= _MOST_REPLACED

    def shares(
        self,
        scores: Callable[[Pass], np.ndarray],
        batch: Pass,
        *,
        otherwise: np.ndarray,
    ) -> np.ndarray:
        """Return each feature's share, in the shape of the samples; they sum to 1.

        Args:
            scores: What the features have a share in.
            batch: The samples.
            otherwise: The shares of samples whose score no replacement lowers.
        """
        x = _flat(batch.x)
        before = scores(batch)
        lowest = np.full(x.shape, np.inf)
        # By what is ordinary by itself, or what the model expects beside the others.
        for values in (np.broadcast_to(self._center, x.shape), batch.reconstructed):
            after = self._replaced(scores, batch, _flat(values))
            np.minimum(lowest, after, out=lowest)
        falls = np.maximum(before[:, None] - lowest, 0.0)
        sums = falls.sum(axis=1, keepdims=True)
        shares = falls / np.where(sums > 0, sums, 1.0)
        return np.where(sums > 0, shares, _flat(otherwise)).reshape(batch.x.shape)

    def _replaced(
        self,
        scores: Callable[[Pass], np.ndarray],
        batch: Pass,
        values: np.ndarray,
    ) -> np.ndarray:
        """Return the scores where one feature at a time is replaced, shape (n, d)."""
        x = _flat(batch.x)
        count, features = x.shape
        found = np.empty((count, features))
        size = max(1, _NUMBERS // (count * features))
        for start in range(0, features, size):
            chosen = np.arange(start, min(start + size, features))
            copies = np.repeat(x[None], len(chosen), axis=0)
            copies[np.arange(len(chosen)), :, chosen] = values[:, chosen].T
            changed = copies.reshape(-1, *batch.x.shape[1:])
            after = [
                scores(one) for one in passes(self._triple, changed, with_codes=True)
            ]
            found[:, chosen] = np.concatenate(after).reshape(len(chosen), count).T
        return found


def _codes(batch: Pass) -> np.ndarray:
    return _flat(batch.codes).astype("float64")


def _flat(values: np.ndarray) -> np.ndarray:
    return values.reshape(len(values), -1)


def _along(per_sample: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return one number a sample so that it broadcasts against values of samples."""
    return per_sample.reshape(-1, *[1] * (values.ndim - 1))


def _counted(batch: Pass) -> np.ndarray:
    """Return how many numbers of each sample are not padding, shape (n,)."""
    if batch.valid is None:
        return np.full(len(batch.x), _flat(batch.x).shape[1])
    return batch.valid.sum(axis=1) * batch.x.shape[-1]


def _spread_over(valid: np.ndarray | None, x: np.ndarray) -> np.ndarray:
    """Return 1 where a number is not padding, else 0, in the shape of samples."""
    if valid is None:
        return np.ones(x.shape)
    return np.broadcast_to(valid[..., None], x.shape).astype("float64")
