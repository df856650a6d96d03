"""Reconstruction errors and similarities, and PCA's error as a baseline."""

import numpy as np

from kerasae._arrays import as_samples, shape_error, valid_steps
from kerasae._checks import (
    Description,
    argument_error,
    finite,
    positive,
    positive_integer,
)
from kerasae._public_names import public
from kerasae._types import ArrayLike

__all__ = [
    "feature_errors",
    "pca_error",
    "reconstruction_error",
    "sample_errors",
    "structural_similarity",
]

__getattr__, __dir__ = public(__name__, __all__)

# In features. At 5,000 the covariance and its eigenvectors take over half a gigabyte.
_LARGEST_COVARIANCE = 4_000


def reconstruction_error(
    x: ArrayLike, reconstructed: ArrayLike, *, mask_value: float | None = None
) -> float:
    """Return the mean squared error per feature over all samples.

    Args:
        x: Array of shape (n_samples, ...), floats, booleans or bytes, which are
            divided by 255 as `kerasae.fit` and `kerasae.predict` do.
        reconstructed: Array of the same shape, likewise.
        mask_value: As in `sample_errors`.

    Returns:
        The mean of `sample_errors`, 0 or larger, in the squared unit of `x`.

    Raises:
        TypeError, ValueError: As `sample_errors` does.

    Example:
        >>> import numpy as np
        >>> from kerasae.metrics import reconstruction_error
        >>> reconstruction_error(np.zeros((2, 4)), np.full((2, 4), 0.5))
        0.25
    """
    return float(sample_errors(x, reconstructed, mask_value=mask_value).mean())


def sample_errors(
    x: ArrayLike, reconstructed: ArrayLike, *, mask_value: float | None = None
) -> np.ndarray:
    """Return the mean squared error per feature of each sample.

    Args:
        x: Array of shape (n_samples, ...), floats, booleans or bytes, which are
            divided by 255.
        reconstructed: Array of the same shape, likewise.
        mask_value: The padding value of sequences (n_samples, steps, features): steps
            that have it in all their features are left out, as in
            `kerasae.losses.MaskedMeanSquaredError`. None where nothing is padded.

    Returns:
        Array of float64, shape (n_samples,).

    Raises:
        TypeError: If an argument holds no numbers, or integers of more than 8 bits.
        ValueError: If the shapes differ, an array is empty, a number is NaN or
            infinite, or a sample is nothing but padding.

    Example:
        >>> import numpy as np
        >>> from kerasae.metrics import sample_errors
        >>> sample_errors(np.array([[0, 255]], "uint8"), [[0.0, 0.5]])
        array([0.125])
    """
    x, made = _pair(x, reconstructed)
    squares = np.subtract(x, made)
    np.square(squares, out=squares)
    if mask_value is None:
        return squares.reshape(len(x), -1).mean(axis=1, dtype=np.float64)
    valid = _checked_steps(x, mask_value)
    steps = squares.mean(axis=-1, dtype=np.float64)
    return np.sum(steps, axis=1, where=valid) / valid.sum(axis=1)


def feature_errors(
    x: ArrayLike, reconstructed: ArrayLike, *, mask_value: float | None = None
) -> np.ndarray:
    """Return the mean squared error of each feature over the samples.

    Args:
        x: As in `sample_errors`.
        reconstructed: As in `sample_errors`.
        mask_value: As in `sample_errors`: padded steps do not count.

    Returns:
        Array of float64, of the shape of one sample; 0 for steps that are padding in
        all samples.

    Raises:
        TypeError, ValueError: As in `sample_errors`.

    Example:
        >>> from kerasae.metrics import feature_errors
        >>> feature_errors([[0.0, 1.0], [0.0, 3.0]], [[0.0, 0.0], [0.0, 0.0]])
        array([0., 5.])
    """
    x, made = _pair(x, reconstructed)
    squares = np.square(np.subtract(x, made))
    if mask_value is None:
        return np.asarray(squares.mean(axis=0, dtype=np.float64))
    valid = _checked_steps(x, mask_value)[..., np.newaxis]
    sums = np.sum(squares, axis=0, dtype=np.float64, where=valid)
    return np.asarray(sums / np.maximum(valid.sum(axis=0), 1))


def structural_similarity(
    x: ArrayLike, reconstructed: ArrayLike, *, data_range: float = 1.0
) -> np.ndarray:
    """Return the structural similarity (SSIM) of each image and its reconstruction.

    Compares brightness, contrast and structure in Gaussian windows of deviation 1.5
    pixels, mirrored at the border, and averages over the image: closer to what
    people see than the squared error, which blur keeps small.

    Args:
        x: Images of shape (n_samples, height, width), or (n_samples, height, width,
            channels), whose channels are averaged over; floats, booleans or bytes,
            which are divided by 255.
        reconstructed: Array of the same shape, likewise.
        data_range: The largest difference that two pixels can have, above 0.

    Returns:
        Array of float64, shape (n_samples,), at most 1, which equal images have.

    Raises:
        TypeError: If an argument holds no numbers, or integers of more than 8 bits.
        ValueError: If the shapes differ or are not those of images, a number is NaN
            or infinite, or `data_range` is not above 0.

    Reference:
        Wang, Bovik, Sheikh and Simoncelli 2004, "Image Quality Assessment: From Error
        Visibility to Structural Similarity", IEEE Transactions on Image Processing
        13.

    Example:
        >>> import numpy as np
        >>> from kerasae.metrics import structural_similarity
        >>> images = np.random.default_rng(0).random((2, 16, 16))
        >>> structural_similarity(images, images).tolist()
        [1.0, 1.0]
    """
    from scipy.ndimage import gaussian_filter

    x, made = _pair(x, reconstructed)
    if x.ndim not in (3, 4):
        expected = "images, (n_samples, height, width) or with channels"
        raise ValueError(shape_error("x", expected, x.shape))
    data_range = positive("data_range", data_range)
    sigma = (0, 1.5, 1.5, 0)[: x.ndim]

    def smooth(values: np.ndarray) -> np.ndarray:
        return np.asarray(gaussian_filter(values, sigma, mode="reflect", truncate=3.5))

    x, made = x.astype(np.float64), made.astype(np.float64)
    mean_x, mean_made = smooth(x), smooth(made)
    variance_x = smooth(x * x) - mean_x**2
    variance_made = smooth(made * made) - mean_made**2
    covariance = smooth(x * made) - mean_x * mean_made
    brightness, contrast = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    similarity = (
        (2 * mean_x * mean_made + brightness)
        * (2 * covariance + contrast)
        / (mean_x**2 + mean_made**2 + brightness)
        / (variance_x + variance_made + contrast)
    )
    return np.asarray(similarity.reshape(len(x), -1).mean(axis=1))


def _pair(x: ArrayLike, reconstructed: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return samples and their reconstructions as floats of one shape, or raise."""
    x, made = as_samples("x", x), as_samples("reconstructed", reconstructed)
    if x.shape != made.shape:
        expected = f"an array of the shape of x, {x.shape}"
        fix = "Bring both to one shape: reconstructed.reshape(x.shape)."
        raise ValueError(shape_error("reconstructed", expected, made.shape, fix))
    return x, made


def _checked_steps(x: np.ndarray, mask_value: float) -> np.ndarray:
    """Return which steps of sequences are not padding, shape (n_samples, steps)."""
    if x.ndim != 3:
        expected = (
            "sequences of shape (n_samples, steps, features) where they are padded"
        )
        raise ValueError(shape_error("x", expected, x.shape))
    valid = valid_steps(x, finite("mask_value", mask_value))
    empty = np.flatnonzero(~valid.any(axis=1))
    if empty.size:
        expected = "sequences with at least one step that is not padding"
        received = Description(f"nothing but padding at index {empty[0]}")
        raise ValueError(argument_error("x", expected, received))
    return valid


def pca_error(
    x_train: ArrayLike, x_test: ArrayLike, n_components: int
) -> tuple[float, float]:
    """Return the errors of PCA, which no linear autoencoder beats on `x_train`.

    The errors are exact up to rounding, those of the first principal components
    and not of random approximations to them, for data of any size.

    Args:
        x_train: Array of shape (n_train, ...), at least 2 samples, floats, booleans
            or bytes, which are divided by 255; PCA is fitted to them, flattened.
        x_test: Array of shape (n_test, ...), samples of the same size.
        n_components: Dimensions of the code, 1 or larger; limited to what PCA can
            have, the smaller of n_train and n_features.

    Returns:
        `(train_error, test_error)`: mean squared errors per feature.

    Raises:
        TypeError: If `n_components` is not an integer, or an array holds no numbers
            or integers of more than 8 bits.
        ValueError: If `n_components` is below 1, a number is NaN or infinite, or the
            arrays do not fit.

    Example:
        >>> from kerasae.data import load_dataset
        >>> from kerasae.metrics import pca_error
        >>> digits = load_dataset("digits")
        >>> train_error, test_error = pca_error(digits.x_train, digits.x_test, 8)
        >>> round(test_error, 4)
        0.0245
    """
    from sklearn.decomposition import PCA

    n_components = positive_integer("n_components", n_components)
    train, test = _flat("x_train", x_train, 2), _flat("x_test", x_test, 1)
    if train.shape[1] != test.shape[1]:
        expected = f"samples of {train.shape[1]} features, as in x_train"
        received = Description(f"samples of {test.shape[1]} features")
        raise ValueError(argument_error("x_test", expected, received))
    n_components = min(n_components, *train.shape)
    solver = _solver(train, n_components)
    pca = PCA(n_components, svd_solver=solver, random_state=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # constant data: 0 / 0
        pca.fit(train)
    train_error, test_error = (
        reconstruction_error(x, pca.inverse_transform(pca.transform(x)))
        for x in (train, test)
    )
    return train_error, test_error


def _solver(train: np.ndarray, n_components: int) -> str:
    """Return the solver of scikit-learn's that is exact and fits into memory.

    Its own choice may be a randomized one.
    """
    n_samples, n_features = train.shape
    if n_features <= min(n_samples, _LARGEST_COVARIANCE):
        return "covariance_eigh"
    # Lanczos iterations need only the data and the components, and converge to
    # machine precision. They are slow for many components, and fail on constant data.
    few = 10 * n_components <= min(n_samples, n_features)
    return "arpack" if few and (train != train[0]).any() else "full"


def _flat(argument: str, x: ArrayLike, least: int) -> np.ndarray:
    x = as_samples(argument, x)
    if len(x) < least:
        expected = f"an array of shape (n_samples, ...) with {least} samples or more"
        raise ValueError(shape_error(argument, expected, x.shape))
    return x.reshape(len(x), -1)
