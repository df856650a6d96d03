"""One builder a variant; each returns the triple of models."""

from collections.abc import Callable

from kerasae._triple import Autoencoder
from kerasae.builders.contractive import build_contractive_ae
from kerasae.builders.conv import build_conv_ae
from kerasae.builders.conv1d import build_conv1d_ae
from kerasae.builders.conv_vae import build_conv_vae
from kerasae.builders.deep import build_deep_ae
from kerasae.builders.denoising import build_denoising_ae
from kerasae.builders.lstm import build_lstm_ae
from kerasae.builders.sparse import build_sparse_ae
from kerasae.builders.stacked import build_stacked_ae
from kerasae.builders.strided_conv import build_strided_conv_ae
from kerasae.builders.tied import build_tied_ae
from kerasae.builders.undercomplete import build_undercomplete_ae
from kerasae.builders.vae import build_vae

__all__ = [
    "build_contractive_ae",
    "build_conv1d_ae",
    "build_conv_ae",
    "build_conv_vae",
    "build_deep_ae",
    "build_denoising_ae",
    "build_lstm_ae",
    "build_sparse_ae",
    "build_stacked_ae",
    "build_strided_conv_ae",
    "build_tied_ae",
    "build_undercomplete_ae",
    "build_vae",
]

# Names on the command line.
VARIANTS: dict[str, Callable[..., Autoencoder]] = {
    "undercomplete": build_undercomplete_ae,
    "sparse": build_sparse_ae,
    "deep": build_deep_ae,
    "stacked": build_stacked_ae,
    "tied": build_tied_ae,
    "contractive": build_contractive_ae,
    "conv": build_conv_ae,
    "strided_conv": build_strided_conv_ae,
    "denoising": build_denoising_ae,
    "vae": build_vae,
    "conv_vae": build_conv_vae,
    "conv1d": build_conv1d_ae,
    "lstm": build_lstm_ae,
}
_IMAGE, _SEQUENCE = ("height", "width", "channels"), ("steps", "channels")
# The axes of a sample, for variants that do not take any shape.
SAMPLE_AXES: dict[str, tuple[str, ...]] = {
    "conv": _IMAGE,
    "strided_conv": _IMAGE,
    "denoising": _IMAGE,
    "conv_vae": _IMAGE,
    "conv1d": _SEQUENCE,
    "lstm": _SEQUENCE,
}
