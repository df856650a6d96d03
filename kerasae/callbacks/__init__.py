"""Callbacks for `fit`: pictures, bars and schedules of training."""

from kerasae._public_names import public
from kerasae.callbacks.kl_warm_up import KLWarmUp
from kerasae.callbacks.movie_frames import MovieFrames
from kerasae.callbacks.tensorboard import TensorBoard
from kerasae.engine.progress import Progress

__all__ = ["KLWarmUp", "MovieFrames", "Progress", "TensorBoard"]

__getattr__, __dir__ = public(__name__, __all__)
