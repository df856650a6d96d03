"""What kerasae uses of Keras and its backends without their promise to keep it.

One function a piece, with the release that made it necessary and what would replace
it. Everything else in kerasae uses public interfaces. `kerasae.fit` leaves training to
Keras's own `fit` where a piece that it needs is missing.
"""

import inspect
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import keras
import numpy as np

from kerasae._types import Tensor

_TORCH_OPTIMIZERS = "keras.src.backend.torch.optimizers."


class MissingInternalError(RuntimeError):
    """This release of Keras lacks a piece that earlier ones had.

    Args:
        piece: What is missing.

    Example:
        >>> from kerasae.engine.keras_internals import MissingInternalError
        >>> str(MissingInternalError("Model.this"))
        'This release of Keras has no Model.this. Keras 3.15 has it: ...'
    """

    def __init__(self, piece: str) -> None:
        super().__init__(
            f"This release of Keras has no {piece}. Keras 3.15 has it: "
            "pip install keras==3.15.*"
        )


# What the compiled training loop needs


def build_variables(model: keras.Model, x: Any, y: Any) -> None:
    """Create the variables of a compiled model's loss and metrics, and of its layers.

    Keras 3.15 does so in `fit`, by `Model._symbolic_build`, and `compile_from_config`
    and `build` do only a part of it. Instead: `Model.test_on_batch` on one sample
    creates them too, at the price of compiling a step.

    Args:
        model: A compiled model.
        x: A sample, shape `(1, ...)`.
        y: Its target.

    Raises:
        MissingInternalError: If Keras has no such method, or it takes no batch.
    """
    build = getattr(model, "_symbolic_build", None)
    if build is None or "data_batch" not in inspect.signature(build).parameters:
        raise MissingInternalError("Model._symbolic_build(data_batch=...)")
    build(data_batch=(x, y))


def compile_identity(model: keras.Model) -> list[Any]:
    """Return objects that `compile` replaces, so that two calls can be told apart.

    Keras 3.15 says nowhere that a model was compiled anew. The metric that tracks the
    loss is created by every `compile`; it is the first of `Model.metrics`, unless a
    class of the user's own lists others there. Instead: any public mark that `compile`
    renews.

    Raises:
        MissingInternalError: If the model tracks no loss.
    """
    if (tracker := getattr(model, "_loss_tracker", None)) is None:
        raise MissingInternalError("metric of the loss, Model._loss_tracker")
    return [tracker]


def all_layers(model: keras.Model) -> list[keras.Layer]:
    """Return the layers of a model and the layers within them, without the model.

    Keras 3.15 lists in `Model.layers` those of the graph alone: not the cell of a
    recurrent layer, nor what another layer wraps. Instead: any public way into a
    layer's layers.
    """
    if (flatten := getattr(model, "_flatten_layers", None)) is None:
        return list(model.layers)
    return list(flatten(include_self=False))


def jax_state(model: keras.Model, *, training: bool) -> tuple[list[Any], ...]:
    """Return the groups of variables that make up the state of a step on JAX.

    Their order, and that `train_step` and `test_step` take `(state, data)` and return
    `(logs, state)`, stands in Keras's guide to custom training with JAX, but not in the
    reference. Instead: whatever that guide says by then.

    Raises:
        MissingInternalError: If a group, or a step with a state, is missing.
    """
    step = model.train_step if training else model.test_step
    if len(inspect.signature(step).parameters) != 2:
        raise MissingInternalError("step that takes a state and a batch on JAX")
    try:
        return (
            model.trainable_variables,
            model.non_trainable_variables,
            *([model.optimizer.variables] if training else []),
            model.metrics_variables,
        )
    except AttributeError as error:
        raise MissingInternalError("groups of variables for a step on JAX") from error


def tensorflow_replicas(model: keras.Model) -> int:
    """Return on how many devices a model trains at once on TensorFlow.

    Keras 3.15 keeps the strategy that a model was created under as
    `Model.distribute_strategy`, which is not in its reference. Instead:
    `tf.distribute.get_strategy()`, which knows the strategy of now, not of then.

    Raises:
        MissingInternalError: If the model does not say.
    """
    strategy = getattr(model, "distribute_strategy", None)
    if strategy is None:
        raise MissingInternalError("Model.distribute_strategy")
    return int(strategy.num_replicas_in_sync)


def silence_retracing(function: Any) -> None:
    """Keep TensorFlow from warning about a function that is traced once a model.

    TensorFlow 2.21 takes the functions of several models, made by one line of code,
    for one function that is traced again and again. `Model.fit` sets the same private
    attribute. Without it there are warnings, no more.
    """
    function._omit_frequent_tracing_warning = True


@contextmanager
def variables_kept(model: keras.Model) -> Iterator[None]:
    """Give a model its values back where Keras's own `fit` ends in an error.

    On JAX, Keras 3.15 takes the values out of the variables for the length of an
    epoch, and leaves them empty if a batch cannot be read or Ctrl-C is pressed: the
    model would be lost. Not needed once `fit` puts them back itself. Other backends
    keep them.
    """
    model.optimizer.build(model.trainable_variables)
    values = {id(variable): variable.value for variable in _variables(model)}
    try:
        yield
    except BaseException:
        if hasattr(model, "jax_state_sync"):
            model.jax_state_sync()
        for variable in _variables(model):
            if getattr(variable, "_value", ()) is None:  # no step was made
                empty = np.zeros(variable.shape, variable.dtype)  # of a metric
                variable.assign(values.get(id(variable), empty))
        raise


def _variables(model: keras.Model) -> list[keras.Variable]:
    variables = [*model.variables, *model.optimizer.variables]
    return [*variables, *model.metrics_variables]


# What graphs of layers need


def producer(tensor: Tensor) -> tuple[keras.Operation, Any]:
    """Return the operation that a symbolic tensor comes from, and its call.

    The call has `input_tensors` and `outputs`. Keras 3.15 has no public way from a
    tensor to its call. Instead: `Model.get_config()` names the calls as well, but not
    every model has one.

    Raises:
        MissingInternalError: If the tensor does not know its history.
    """
    try:
        operation, index, _ = tensor._keras_history
        return operation, operation._inbound_nodes[index]
    except AttributeError as error:
        raise MissingInternalError("way from a tensor to its layer") from error


def rename(layer: keras.Layer, name: str) -> None:
    """Give a layer another name, after it was built into a model.

    Keras 3.15 lets `Layer.name` be assigned, without saying so, and names the inputs
    that it creates itself after tensors. Instead: `keras.models.clone_model` from an
    `Input` of that name, with the weights set anew. Where names cannot be assigned,
    the layer keeps its own.
    """
    with suppress(AttributeError):
        layer.name = name


def mark_as_called(*models: keras.Model) -> None:
    """Let `Model.export` take Functional models that were built, but never called.

    Keras 3.15 refuses to export them, though all that a call would create is there:
    what trains an autoencoder never calls its encoder. It keeps that in a private
    attribute. Instead: a call of each model on zeros, at the price of its time.
    """
    for model in models:
        model._called = True


# What files and optimizers need


def public_class(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of an object under a name that every backend knows.

    Keras 3.15 writes the optimizers of its torch backend by the path of their private
    module, which other backends cannot import. Not needed once it writes
    `keras.optimizers`; files of earlier releases stay as they are.
    """
    if str(config.get("module", "")).startswith(_TORCH_OPTIMIZERS):
        return config | {"module": "keras.optimizers", "registered_name": None}
    return config


def variables_without_values(
    build: Callable[[], Any],
) -> list[tuple[tuple[int, ...], str]]:
    """Return shape and type of each variable that a function creates, without memory.

    In a `keras.StatelessScope` variables get no values, until it ends: Keras 3.15 keeps
    them on a private list, which is emptied here. Instead: a public way to build a
    model of shapes alone.

    Args:
        build: Builds layers or models. Where it raises, what it has created counts.

    Raises:
        MissingInternalError: If Keras keeps no such list.
    """
    try:
        from keras.src.backend.common import global_state, variables

        variables.register_uninitialized_variable  # noqa: B018 - fills the list
    except (ImportError, AttributeError) as error:
        raise MissingInternalError("list of uninitialized variables") from error
    name = "uninitialized_variables"
    before = global_state.get_global_attribute(name, [])
    # What is built draws seeds, but is not there to change what comes next.
    state = random.getstate()
    global_state.set_global_attribute(name, [])
    try:
        with suppress(Exception), keras.StatelessScope(initialize_variables=False):
            build()
        made = global_state.get_global_attribute(name)
    finally:
        global_state.set_global_attribute(name, before)
        random.setstate(state)
    return [(tuple(variable.shape), str(variable.dtype)) for variable in made]


def object_sharing_scope() -> AbstractContextManager[Any]:
    """Return the scope in which Keras makes an object once that several others use.

    Keras 3.15 opens it in `load_model`, and has no public name for it. Without it there
    are more objects, each of its own.
    """
    try:
        from keras.src.saving.serialization_lib import ObjectSharingScope
    except ImportError:
        return nullcontext()
    return ObjectSharingScope()


def optimizer_slot(variable: keras.Variable) -> str:
    """Return the name of an optimizer's variable without that of the optimizer.

    Keras 3.15 writes `adam_1/code_kernel_momentum`: the optimizer's own name, counted
    on, then the layer, the weight and what is kept of it. The form of these paths is
    not documented. Instead: the order of `Optimizer.variables`.
    """
    return str(variable.path).partition("/")[2]
