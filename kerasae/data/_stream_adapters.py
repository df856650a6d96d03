"""Pairs made of the streams of other packages, each imported only where needed."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import keras
import numpy as np

from kerasae._checks import Description, argument_error
from kerasae.data._batches import PairedBatches
from kerasae.data._preprocessing import ToPair


def from_tensorflow(dataset: Any, to_pair: ToPair) -> Any:
    """Return a `tf.data.Dataset` of pairs, made from a batched one."""
    import tensorflow as tf

    x, y, _ = to_pair.unpack(dataset.element_spec)
    rank = x.shape.rank if isinstance(x, tf.TensorSpec) else 0
    if rank is not None and rank < 2:
        expected = "batches of shape (batch, ...)"
        fix = "For single samples write samples.batch(32)."
        raise ValueError(
            argument_error("samples", expected, Description(f"elements {x}"), fix)
        )
    to_pair.divisor(np.dtype(x.dtype.as_numpy_dtype))
    alike = y is not None and to_pair.are_samples(x, y)

    def mapped(function: Callable[[Any], Any], part: Any, dtype: Any) -> Any:
        def remembering(array: Any) -> Any:
            try:
                return function(array)
            except Exception as error:
                to_pair.error = error
                raise

        made = tf.numpy_function(remembering, (part,), dtype)
        return tf.ensure_shape(made, part.shape)

    def floats(name: str, part: Any) -> Any:
        return mapped(partial(to_pair.floats, name), part, tf.float32)

    def looked_at(part: Any) -> Any:
        def look(array: np.ndarray) -> np.ndarray:
            to_pair.look_at(array)
            return array

        return mapped(look, part, part.dtype)

    def paired(*batch: Any) -> tuple[Any, ...]:
        x, y, rest = to_pair.unpack(batch)
        inputs = floats("samples", x)
        targets = inputs if y is None else y
        if alike:
            targets = floats("targets", y)
        return (inputs, looked_at(targets), *rest)

    def with_noise(x: Any, seed: Any) -> Any:
        noisy = tf.numpy_function(to_pair.noise, (x, seed), tf.float32)
        return tf.ensure_shape(noisy, x.shape)

    plain = tf.autograph.experimental.do_not_convert
    pairs = dataset.map(plain(paired), tf.data.AUTOTUNE)
    if to_pair.noise is None:
        return pairs.prefetch(tf.data.AUTOTUNE)
    epochs = count()
    seeds = tf.data.Dataset.from_generator(
        lambda: to_pair.noise_seeds(next(epochs)),
        output_signature=tf.TensorSpec((), tf.int64),
    )
    # Else neither the pairs nor Keras would know the number of batches.
    seeds = seeds.apply(
        tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    )
    noisy = tf.data.Dataset.zip((pairs, seeds)).map(
        lambda pair, seed: (with_noise(pair[0], seed), *pair[1:]), tf.data.AUTOTUNE
    )
    return noisy.prefetch(tf.data.AUTOTUNE)


def from_torch(loader: Any, to_pair: ToPair) -> Any:
    """Return a torch `DataLoader` of pairs, fed by the given one and its workers."""
    import torch
    from torch.utils.data import DataLoader, IterableDataset

    epochs = count()

    class Pairs(IterableDataset):
        def __iter__(self) -> Iterator[Any]:
            epoch = next(epochs)
            for step, batch in enumerate(loader):
                arrays = torch.utils._pytree.tree_map_only(
                    torch.Tensor, lambda part: part.numpy(force=True), batch
                )
                pair = to_pair(arrays, epoch, step)
                yield tuple(torch.as_tensor(part) for part in pair)

    class CountedPairs(Pairs):
        def __len__(self) -> int:
            return len(loader)

    try:
        len(loader)
    except TypeError:  # a stream of unknown length
        dataset = Pairs()
    else:
        dataset = CountedPairs()
    # By default torch would batch again, or turn the pair into a list.
    return DataLoader(dataset, batch_size=None, collate_fn=lambda pair: pair)


def from_grain(source: Any, to_pair: ToPair) -> Any:
    """Return pairs made from a grain dataset or loader.

    A `MapDataset` becomes a `PyDataset`, whose length Keras knows. Others become an
    `IterDataset`.
    """
    import grain

    if isinstance(source, grain.MapDataset):
        return PairedBatches(MapDatasetBatches(source), to_pair)
    epochs = count()

    class Pairs(grain.IterDataset):
        def __iter__(self) -> Any:
            return PairsIterator(iter(source), next(epochs))

    class PairsIterator(grain.DatasetIterator):
        def __init__(self, batches: Any, epoch: int) -> None:
            super().__init__()
            self._batches, self._epoch, self._step = batches, epoch, 0

        def __next__(self) -> Any:
            batch = next(self._batches)
            self._step += 1
            return to_pair(batch, self._epoch, self._step - 1)

        def get_state(self) -> dict[str, Any]:
            own = {"epoch": self._epoch, "step": self._step}
            return {**own, "batches": self._batches.get_state()}

        def set_state(self, state: dict[str, Any]) -> None:
            self._epoch, self._step = state["epoch"], state["step"]
            self._batches.set_state(state["batches"])

    return Pairs()


class MapDatasetBatches(keras.utils.PyDataset):
    """Batches of a grain `MapDataset`; a shuffled one is reshuffled every epoch."""

    def __init__(self, source: Any) -> None:
        super().__init__()
        if len(source) > 2**31:  # no data are that long unless repeated
            fix = "Leave out .repeat(): every epoch goes through all batches anyway."
            raise ValueError(
                argument_error(
                    "samples", "of a finite length", Description("no end"), fix
                )
            )
        self._source = source
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> Any:
        """Return a batch; a `MapDataset` continues past its end with the next epoch."""
        return self._source[self._epoch * len(self) + index]

    def on_epoch_end(self) -> None:
        """Move on to the next epoch."""
        self._epoch += 1
