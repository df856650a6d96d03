"""Layers that autoencoders need and Keras does not have."""

from kerasae._public_names import public
from kerasae.layers.bernoulli import Bernoulli
from kerasae.layers.bias import Bias
from kerasae.layers.clipped_gaussian_noise import ClippedGaussianNoise
from kerasae.layers.contractive_dense import ContractiveDense
from kerasae.layers.corruption import Corruption
from kerasae.layers.gaussian import Gaussian
from kerasae.layers.gaussian_sampling import GaussianSampling
from kerasae.layers.k_sparse import KSparse
from kerasae.layers.likelihood import Likelihood
from kerasae.layers.masking_noise import MaskingNoise
from kerasae.layers.padding_mask import PaddingMask
from kerasae.layers.penalty import Penalty
from kerasae.layers.salt_and_pepper_noise import SaltAndPepperNoise
from kerasae.layers.tied_dense import TiedDense

__all__ = [
    "Bernoulli",
    "Bias",
    "ClippedGaussianNoise",
    "ContractiveDense",
    "Corruption",
    "Gaussian",
    "GaussianSampling",
    "KSparse",
    "Likelihood",
    "MaskingNoise",
    "PaddingMask",
    "Penalty",
    "SaltAndPepperNoise",
    "TiedDense",
]

__getattr__, __dir__ = public(__name__, __all__)
