"""New data from any autoencoder, by a Gaussian mixture fitted to its codes."""

import copy
from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._checks import Description, argument_error
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.prediction import predict_float32
from kerasae.engine.samples import float_samples


class GaussianMixtureSampler:
    """Learns how the codes of data are distributed, and decodes new codes.

    The codes of a deterministic autoencoder may lie anywhere, with gaps between
    them; a mixture of normal distributions models where they are. For a variational
    one, too, it often gives better samples than the standard normal distribution of
    `sample`, which the codes of real data rarely fill.

    Args:
        model: An `Autoencoder`, of any variant, or a Keras model with a layer named
            `code`, trained.
        n_components: Normal distributions in the mixture, 1 or more. With more, new
            codes stay closer to those of the data.
        covariance_type: As in `sklearn.mixture.GaussianMixture`: `"full"`, `"tied"`,
            `"diag"` or `"spherical"`. The time and memory that `"full"` takes grow
            with the square of the code's size; for large codes choose `"diag"`.
        seed: Integer that makes the mixture of the same data repeatable; None
            leaves that to `keras.utils.set_random_seed`.
        **kwargs: Further arguments of `sklearn.mixture.GaussianMixture`, such as
            `n_init` or `max_iter`.

    Attributes:
        mixture_: The fitted `sklearn.mixture.GaussianMixture`, over flattened codes.
        code_shape_: Shape of one code.

    Raises:
        ValueError: If a number is not positive or an option unknown; in `fit`, if
            `x` does not fit the model or has fewer samples than the mixture has
            components; in `sample`, if `fit` was not called.
        TypeError: If `model` is not a model, or an argument has another type.

    Reference:
        Ghosh, Sajjadi, Vergari, Black and Schölkopf 2020, "From Variational to
        Deterministic Autoencoders", ICLR, section 4.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> triple = kerasae.build_undercomplete_ae(16, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).random((50, 16))
        >>> sampler = kerasae.generation.GaussianMixtureSampler(
        ...     triple, n_components=3, seed=0
        ... )
        >>> sampler.fit(x).sample(5, seed=0).shape
        (5, 16)
    """

    def __init__(
        self,
        model: ModelOrTriple,
        n_components: int = 10,
        *,
        covariance_type: str = "full",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.triple = as_triple(model)
        self.n_components = _checks.positive_integer("n_components", n_components)
        self.covariance_type = _checks.one_of(
            "covariance_type", covariance_type, ("full", "tied", "diag", "spherical")
        )
        self.seed = _checks.seed(seed)
        self.options = kwargs
        self.mixture_: Any = None
        self.code_shape_: tuple[int, ...] = ()

    def fit(self, x: ArrayLike) -> "GaussianMixtureSampler":
        """Fit the mixture to the codes of data.

        Args:
            x: Array of shape (n, *input_shape), `n_components` samples or more.

        Returns:
            The sampler itself.
        """
        from sklearn.mixture import GaussianMixture

        samples = float_samples(self.triple.encoder, x)
        if len(samples) < max(2, self.n_components):
            expected = "at most the number of samples, of which there must be 2 or more"
            received = f"n_components={self.n_components}, {len(samples)} samples"
            raise ValueError(
                argument_error("n_components", expected, Description(received))
            )
        mixture = GaussianMixture(
            self.n_components,
            covariance_type=self.covariance_type,
            random_state=_checks.seed_or_keras_seed(self.seed),
            **self.options,
        )
        codes = predict_float32(self.triple.encoder, samples)
        mixture.fit(codes.reshape(len(codes), -1).astype("float64"))
        self.mixture_, self.code_shape_ = mixture, codes.shape[1:]
        return self

    def sample(self, n: int, seed: int | None = None) -> np.ndarray:
        """Decode codes sampled from the mixture.

        Args:
            n: Number of samples, 1 or more.
            seed: Integer that makes the codes repeatable; None leaves that to
                `keras.utils.set_random_seed`.

        Returns:
            Array of shape (n, *input_shape), float32.
        """
        n = _checks.positive_integer("n", n)
        seed = _checks.seed_or_keras_seed(seed)
        if self.mixture_ is None:
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("The mixture is not fitted. Call fit(x) first.")
        mixture = copy.copy(self.mixture_).set_params(random_state=seed)
        codes, _ = mixture.sample(n)
        # They come sorted by component.
        codes = np.random.default_rng(seed).permutation(codes)
        codes = codes.reshape(n, *self.code_shape_).astype("float32")
        return predict_float32(self.triple.decoder, codes)
