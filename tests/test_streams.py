"""Streams of pairs: arrays, mapped files, and the data sets of other packages."""

import gc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest

import kerasae
from kerasae.data import corrupt, pairs
from kerasae.data.memory_mapped import is_mapped, release_pages

NOISE = ("masking", 0.5)
SHAPE = (6,)


def pixels(n=20):
    """Return uint8 samples that all differ: entries of row i are 10 i + 5 to + 10."""
    return (10 * np.arange(n)[:, None] + np.arange(5, 11)).astype("uint8")


class Batches(keras.utils.PyDataset):
    """Batches of 8 with labels, which notes what Keras calls."""

    def __init__(self, x, **kwargs):
        super().__init__(**kwargs)
        self.x = x
        self.called = []

    def __len__(self):
        return -(-len(self.x) // 8)

    def __getitem__(self, index):
        batch = self.x[index * 8 : (index + 1) * 8]
        return batch, np.arange(len(batch))

    def on_epoch_begin(self):
        self.called.append("begin")

    def on_epoch_end(self):
        self.called.append("end")


# Each returns batches of 8 of the samples, in their order.


def of_array(x, tmp_path):
    return x, {"batch_size": 8, "shuffle": False}


def of_file(x, tmp_path):
    np.save(tmp_path / "x.npy", x)
    return tmp_path / "x.npy", {"batch_size": 8, "shuffle": False}


def of_mapped(x, tmp_path):
    path, options = of_file(x, tmp_path)
    return np.load(path, mmap_mode="r"), options


def of_py_dataset(x, tmp_path):
    return Batches(x), {}


def of_threads(x, tmp_path):
    return Batches(x, workers=2, max_queue_size=3), {}


def of_tensorflow(x, tmp_path):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices((x, np.arange(len(x)))).batch(8), {}


def of_torch(x, tmp_path):
    torch = pytest.importorskip("torch")
    dataset = torch.utils.data.TensorDataset(torch.from_numpy(x))
    return torch.utils.data.DataLoader(dataset, batch_size=8), {}


def of_grain_map(x, tmp_path):
    grain = pytest.importorskip("grain")
    return grain.MapDataset.source(x).batch(8), {}


def of_grain_iter(x, tmp_path):
    return of_grain_map(x, tmp_path)[0].to_iter_dataset(), {}


def of_grain_loader(x, tmp_path):
    grain = pytest.importorskip("grain")
    order = grain.samplers.SequentialSampler(len(x), grain.sharding.NoSharding())
    batch = grain.transforms.Batch(8)
    return grain.DataLoader(data_source=x, sampler=order, operations=[batch]), {}


SOURCES = [
    of_array,
    of_file,
    of_mapped,
    of_py_dataset,
    of_threads,
    of_tensorflow,
    of_torch,
    of_grain_map,
    of_grain_iter,
    of_grain_loader,
]
each_source = pytest.mark.parametrize("source", SOURCES)


def epoch(batches):
    """Return an epoch's inputs and targets, each joined, as Keras would go through."""
    drawn = [[np.asarray(part) for part in pair] for pair in batches]
    if isinstance(batches, keras.utils.PyDataset):
        batches.on_epoch_end()
    assert all(part.dtype == np.float32 for pair in drawn for part in pair)
    return [np.concatenate(parts) for parts in zip(*drawn, strict=True)]


@pytest.mark.every_backend
@each_source
def test_samples_are_inputs_and_targets(source, tmp_path):
    samples, options = source(pixels(), tmp_path)
    batches = pairs(samples, **options)
    for _ in range(2):
        inputs, targets = epoch(batches)
        np.testing.assert_allclose(inputs * 255, pixels(), rtol=1e-6)
        np.testing.assert_array_equal(inputs, targets)


@pytest.mark.every_backend
@each_source
def test_inputs_are_noisy_and_targets_clean(source, tmp_path):
    samples, options = source(pixels(), tmp_path)
    batches = pairs(samples, corruption=NOISE, **options)
    again = pairs(samples, corruption=NOISE, **options)
    other = pairs(samples, corruption=NOISE, seed=1, **options)
    (inputs, targets), (new_inputs, new_targets) = epoch(batches), epoch(batches)
    np.testing.assert_allclose(targets * 255, pixels(), rtol=1e-6)
    np.testing.assert_array_equal(targets, new_targets)
    for noisy in (inputs, new_inputs):
        assert np.isin(noisy[noisy != targets], 0).all()
        assert 0.3 < (noisy == 0).mean() < 0.7
    zeros = inputs == 0
    assert not np.array_equal(zeros, new_inputs == 0)
    assert not np.array_equal(zeros[:8], zeros[8:16])
    np.testing.assert_array_equal(epoch(again)[0], inputs)
    np.testing.assert_array_equal(epoch(again)[0], new_inputs)
    assert not np.array_equal(epoch(other)[0], inputs)


@pytest.mark.every_backend
# Without XLA, TensorFlow counts the end of a stream without a known length as a step.
@pytest.mark.compiled
@each_source
# Of a stream without a known length Keras says that it has come to its end.
@pytest.mark.filterwarnings("ignore:Your input ran out of data:UserWarning")
def test_keras_trains_and_evaluates(source, tmp_path):
    samples, options = source(pixels(), tmp_path)
    batches = pairs(samples, corruption=("masking", 0.1), **options)
    triple = kerasae.build_undercomplete_ae(SHAPE, latent_dim=4, seed=0)
    kerasae.compile(triple, optimizer=keras.optimizers.Adam(0.05))
    history = triple.autoencoder.fit(
        batches,
        epochs=5,
        validation_data=pairs(samples, **options),
        shuffle=False,  # else Keras warns where it cannot shuffle
        verbose=0,
    ).history
    assert len(history["val_loss"]) == 5
    assert history["val_loss"][-1] < history["val_loss"][0]
    loss = triple.autoencoder.evaluate(pairs(samples, **options), verbose=0)
    assert loss == pytest.approx(history["val_loss"][-1], rel=1e-4)
    # Twenty samples in three steps, in every epoch.
    assert int(triple.autoencoder.optimizer.iterations) == 15


@pytest.mark.parametrize("source", [of_array, of_py_dataset, of_tensorflow, of_torch])
def test_keras_knows_how_long_an_epoch_is(source, tmp_path):
    samples, options = source(pixels(), tmp_path)
    assert len(pairs(samples, corruption=NOISE, **options)) == 3


# Types and scaling


@pytest.mark.parametrize(
    ("values", "dtype", "options", "expected"),
    [
        ([0, 51, 255], "uint8", {}, [0, 0.2, 1]),
        ([0, 2, 1], "uint8", {}, [0, 2 / 255, 1 / 255]),
        ([0, 1, 1], "uint8", {"divide_by": 1}, [0, 1, 1]),
        ([0, 1, 1], "bool", {}, [0, 1, 1]),
        ([-2, 0.5, 3], "float16", {}, [-2, 0.5, 3]),
        ([-2, 0.5, 3], "float32", {}, [-2, 0.5, 3]),
        ([-2, 0.5, 3], "float64", {}, [-2, 0.5, 3]),
        ([-2, 0.5, 3], "float64", {"divide_by": 2}, [-1, 0.25, 1.5]),
        ([0, 13107, 65535], "uint16", {"divide_by": 65535}, [0, 0.2, 1]),
        ([-4, 0, 8], "int64", {"divide_by": np.float32(8)}, [-0.5, 0, 1]),
    ],
)
@pytest.mark.parametrize("source", [of_array, of_tensorflow])
def test_types_become_floats(source, values, dtype, options, expected, tmp_path):
    samples, rest = source(np.array([values], dtype), tmp_path)
    ((inputs, targets),) = pairs(samples, **rest, **options)
    np.testing.assert_allclose(inputs, [expected], rtol=1e-6)
    assert np.asarray(targets).dtype == np.float32


@pytest.mark.parametrize("kind", ["gaussian", "masking", "salt_and_pepper"])
def test_noise_is_that_of_corrupt(kind):
    x = np.full((400, 50), 0.5, "float32")
    ((noisy, clean),) = pairs(x, batch_size=400, corruption=kind)
    assert (clean == 0.5).all()
    assert noisy.std() == pytest.approx(corrupt(x, kind).std(), rel=0.05)


# Order


def test_every_epoch_has_its_own_order():
    x = pixels()
    batches = pairs(x, batch_size=8)
    first, second = epoch(batches)[0], epoch(batches)[0]
    assert not np.array_equal(first, second)
    for drawn in (first, second):
        assert not np.array_equal(drawn, np.sort(drawn, axis=0))
        np.testing.assert_allclose(np.sort(drawn, axis=0) * 255, x, rtol=1e-6)
    again = pairs(x, batch_size=8)
    np.testing.assert_array_equal(epoch(again)[0], first)
    np.testing.assert_array_equal(epoch(again)[0], second)
    assert not np.array_equal(epoch(pairs(x, batch_size=8, seed=1))[0], first)


def test_a_file_gives_what_the_array_gives(tmp_path):
    path, _ = of_file(pixels(), tmp_path)
    in_memory, on_disk = (pairs(s, corruption=NOISE) for s in (pixels(), str(path)))
    for _ in range(2):
        np.testing.assert_array_equal(epoch(in_memory), epoch(on_disk))


def test_grain_shuffles_anew_in_every_epoch():
    grain = pytest.importorskip("grain")
    batches = pairs(grain.MapDataset.source(pixels()).shuffle(0).batch(8))
    first, second = epoch(batches)[0], epoch(batches)[0]
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(np.sort(first, axis=0), np.sort(second, axis=0))


def test_threads_get_what_one_reader_gets(tmp_path):
    path, _ = of_file(pixels(200), tmp_path)
    batches = pairs(path, batch_size=4, corruption="gaussian")
    alone = [batches[index] for index in range(50)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(batches.__getitem__, range(50)))
    np.testing.assert_array_equal(alone, together)


# Other people's batches


def test_a_py_dataset_keeps_its_settings():
    batches = Batches(pixels(), workers=3, use_multiprocessing=True, max_queue_size=7)
    wrapped = pairs(batches)
    assert (wrapped.workers, wrapped.max_queue_size) == (3, 7)
    assert wrapped.use_multiprocessing
    assert len(wrapped) == wrapped.num_batches == 3
    wrapped.on_epoch_begin()
    wrapped.on_epoch_end()
    assert batches.called == ["begin", "end"]


@pytest.mark.every_backend
def test_a_py_dataset_may_have_no_end():
    class Endless(Batches):
        __len__ = None
        num_batches = None

    triple = kerasae.build_undercomplete_ae(SHAPE, latent_dim=2)
    kerasae.compile(triple)
    endless = pairs(Endless(np.tile(pixels(8), (9, 1))))
    assert endless.num_batches is None
    triple.autoencoder.fit(
        endless, epochs=2, steps_per_epoch=2, shuffle=False, verbose=0
    )


@pytest.mark.every_backend
def test_batches_may_be_tensors():
    class Tensors(Batches):
        def __getitem__(self, index):
            return keras.ops.convert_to_tensor(super().__getitem__(index)[0])

    inputs, _ = epoch(pairs(Tensors(pixels())))
    np.testing.assert_allclose(inputs * 255, pixels(), rtol=1e-6)


@pytest.mark.every_backend
def test_the_shape_is_known_to_tensorflow(tmp_path):
    dataset = pairs(of_tensorflow(pixels(), tmp_path)[0], corruption=NOISE)
    assert [spec.shape for spec in dataset.element_spec] == [(None, 6)] * 2


def test_torch_reads_with_its_own_workers():
    torch = pytest.importorskip("torch")
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.from_numpy(pixels())),
        batch_size=8,
        num_workers=1,
        multiprocessing_context="spawn",  # JAX warns of forks
    )
    batches = pairs(loader)
    assert batches.num_workers == 0
    np.testing.assert_allclose(epoch(batches)[0] * 255, pixels(), rtol=1e-6)


@pytest.mark.compiled
@pytest.mark.every_backend
@pytest.mark.filterwarnings("ignore:Your input ran out of data:UserWarning")
def test_torch_streams_of_unknown_length():
    torch = pytest.importorskip("torch")

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(pixels())

    batches = pairs(torch.utils.data.DataLoader(Stream(), batch_size=8))
    with pytest.raises(TypeError):
        len(batches)
    triple = kerasae.build_undercomplete_ae(SHAPE, latent_dim=2)
    kerasae.compile(triple)
    triple.autoencoder.fit(batches, epochs=2, shuffle=False, verbose=0)
    assert int(triple.autoencoder.optimizer.iterations) == 6


def test_grain_goes_on_where_it_was(tmp_path):
    source, _ = of_grain_iter(pixels(), tmp_path)
    batches = iter(pairs(source, corruption=NOISE))
    next(batches)
    state = batches.get_state()
    inputs, _ = next(batches)
    batches.set_state(state)
    np.testing.assert_array_equal(next(batches)[0], inputs)


# Bad input


def generator():
    yield pixels()


INTEGERS = np.zeros((4, 3), "int32")


@pytest.mark.parametrize(
    ("samples", "options", "error", "message"),
    [
        (generator(), {}, TypeError, "a path to a .npy.*builtins.generator.*PyDataset"),
        ([[0.0, 1.0]], {}, TypeError, r"builtins.list.*numpy.asarray\(x\)"),
        ((pixels(), pixels()), {}, TypeError, "builtins.tuple"),
        (None, {}, TypeError, "an array, a path"),
        (
            INTEGERS,
            {},
            TypeError,
            "uint8 in 0..255.*int32.*divide_by=65535.*scale",
        ),
        (np.array([["a"]]), {}, TypeError, r"<U1.*x.astype\('float32'\)"),
        (
            np.zeros(4),
            {},
            ValueError,
            r"\(n_samples, n_features\).*\(4,\).*samples\[None\]",
        ),
        (np.zeros((0, 4)), {}, ValueError, "non-empty"),
        (pixels(), {"batch_size": 0}, ValueError, "`batch_size` must be"),
        (pixels(), {"divide_by": 0}, ValueError, "`divide_by` must be"),
        (pixels(), {"divide_by": "255"}, TypeError, "`divide_by` must be"),
        (pixels(), {"seed": -1}, ValueError, "`seed` must be"),
        (pixels(), {"corruption": "mask"}, ValueError, "Did you mean 'masking'"),
        (pixels(), {"corruption": ("masking", 1.0)}, ValueError, "`level` must be"),
        (pixels(), {"corruption": 0.3}, TypeError, "`corruption` must be.*Names: gau"),
        (Batches(pixels()), {"batch_size": 8}, ValueError, "`batch_size` must be left"),
        ("digits", {}, ValueError, r"a .npy file.*load_dataset\(source\).x_train"),
        ("x.npz", {}, ValueError, "a .npy file.*numpy.save"),
        ("none.npy", {}, FileNotFoundError, "No such file"),
    ],
)
def test_what_is_wrong_is_named(samples, options, error, message):
    with pytest.raises(error, match=message):
        pairs(samples, **options)


@pytest.mark.parametrize("content", [b"", b"no numbers", None])
def test_a_damaged_file_is_named(content, tmp_path):
    path, _ = of_file(pixels(), tmp_path)
    path.write_bytes(path.read_bytes()[:-1] if content is None else content)
    with pytest.raises(ValueError, match=r"x\.npy.*Write it again with numpy\.save"):
        pairs(path)


def test_batches_of_another_kind_are_named():
    class Dictionaries(Batches):
        def __getitem__(self, index):
            return {"image": self.x}

    with pytest.raises(TypeError, match=r"batches of samples.*a dict.*collate_fn"):
        pairs(Dictionaries(pixels()))[0]
    with pytest.raises(TypeError, match=r"uint8 in 0\.\.255.*int32"):
        pairs(Batches(INTEGERS))[0]


def test_tensorflow_data_must_be_batched_numbers():
    tf = pytest.importorskip("tensorflow")
    single = tf.data.Dataset.from_tensor_slices(pixels())
    with pytest.raises(ValueError, match=r"batches of shape.*samples\.batch\(32\)"):
        pairs(single)
    with pytest.raises(TypeError, match=r"a dict.*a map"):
        pairs(tf.data.Dataset.from_tensors({"image": pixels()}))
    with pytest.raises(TypeError, match=r"int32.*divide_by"):
        pairs(tf.data.Dataset.from_tensors(INTEGERS))


def test_a_torch_dataset_is_no_loader():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"TensorDataset.*DataLoader\(x, batch_size"):
        pairs(torch.utils.data.TensorDataset(torch.zeros(4, 3)))


def test_grain_data_must_end():
    grain = pytest.importorskip("grain")
    with pytest.raises(ValueError, match=r"no end.*Leave out \.repeat\(\)"):
        pairs(grain.MapDataset.source(pixels()).repeat().batch(8))


# Memory


def test_mapped_arrays_are_told_from_others(tmp_path):
    path, _ = of_file(pixels(), tmp_path)
    mapped = np.load(path, mmap_mode="r")
    for array in (mapped, mapped[3:], np.asarray(mapped)[::2], mapped.T.view()):
        assert is_mapped(array)
        release_pages(array)
    np.testing.assert_array_equal(mapped, pixels())
    for array in (pixels(), mapped[[1, 2]], mapped.copy(), None):
        assert not is_mapped(array)
        release_pages(array)


@pytest.mark.parametrize("mode", ["r+", "c"])
def test_releasing_loses_no_changes(mode, tmp_path):
    path, _ = of_file(pixels(), tmp_path)
    mapped = np.load(path, mmap_mode=mode)
    mapped[0] = 77
    release_pages(mapped)
    assert (mapped[0] == 77).all()


TRAIN = """
import sys
from pathlib import Path
import kerasae

triple = kerasae.build_undercomplete_ae(1024, latent_dim=2)
kerasae.compile(triple, "sgd")
batches = kerasae.data.pairs(sys.argv[1], batch_size=2048)
triple.autoencoder.fit(batches, verbose=0)
# The peak of this program alone: resource.getrusage counts its parent's too.
status = Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""


def peak(path, megabytes):
    """Return the peak of memory, in MB, of training on a file of this size."""
    shape = (megabytes * 1024, 1024)
    x = np.lib.format.open_memmap(path, mode="w+", dtype="uint8", shape=shape)
    x[:: len(x) // 10] = 200  # the rest are holes, which read as zeros
    del x
    gc.collect()
    try:
        output = subprocess.run(
            [sys.executable, "-c", TRAIN, str(path)],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    finally:
        path.unlink()
    return int(output.split()[-1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs Linux")
@pytest.mark.parametrize(
    ("megabytes", "more"), [(400, 200), pytest.param(4000, 300, marks=pytest.mark.slow)]
)
def test_memory_does_not_grow_with_the_file(megabytes, more, tmp_path):
    path = tmp_path / "x.npy"
    small = peak(path, 40)
    assert peak(path, megabytes) < small + more
