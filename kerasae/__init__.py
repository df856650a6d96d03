"""Autoencoders for Keras 3. The public names stand in `__init__.pyi`.

Nothing is imported until it is used, so that the command line can still choose
the backend. Where Keras is loaded already, our layers are registered at once,
for `keras.saving.load_model` to find them.
"""

import sys

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

if "keras" in sys.modules:
    from kerasae import layers, losses, models, regularizers  # noqa: F401
