"""New data from a trained autoencoder, and how likely given data are."""

from kerasae._public_names import public
from kerasae.generation.active_units import active_units
from kerasae.generation.gaussian_mixture_sampler import GaussianMixtureSampler
from kerasae.generation.interpolate import interpolate
from kerasae.generation.log_likelihood import log_likelihood
from kerasae.generation.posterior import posterior
from kerasae.generation.sample import sample
from kerasae.generation.traverse import traverse

__all__ = [
    "GaussianMixtureSampler",
    "active_units",
    "interpolate",
    "log_likelihood",
    "posterior",
    "sample",
    "traverse",
]

__getattr__, __dir__ = public(__name__, __all__)
