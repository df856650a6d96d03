"""Autoencoders for Keras 3. The public names stand in `__init__.pyi`.

Nothing is imported until it is used, so that the command line can still choose
the backend. Without a choice, Keras gets one that is installed. Where Keras is loaded
already, our layers are registered at once, for `keras.saving.load_model` to find them.
"""

import sys

import lazy_loader

from kerasae import _backend_choice

_backend_choice.choose()

_from_stub, _, _in_stub = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    # A builder is public as soon as its module is there, whatever the stub says.
    if name == "__all__":
        return sorted({*_in_stub, *_from_stub("builders").__all__})
    try:
        if name.startswith("build_") and name in _from_stub("builders").__all__:
            return getattr(_from_stub("builders"), name)
        if name in _in_stub:
            return _from_stub(name)
    except ModuleNotFoundError as error:
        if error.name in _backend_choice.BACKENDS:
            raise ImportError(_backend_choice.missing(error.name)) from None
        raise
    from kerasae._public_names import no_attribute

    raise no_attribute(__name__, name, __dir__)


def __dir__() -> list[str]:
    return sys.modules[__name__].__all__


if "keras" in sys.modules:
    from kerasae import layers, losses, models, regularizers  # noqa: F401
