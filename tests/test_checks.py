import keras
import numpy as np
import pytest

from kerasae import _arrays, _checks, _identifiers


@pytest.mark.parametrize("value", [{8, 4}, frozenset({8}), {8: 4}, {8: 1}.keys()])
def test_sizes_come_in_an_order(value):
    with pytest.raises(TypeError, match=r"`input_shape` must be .*Received"):
        _checks.input_shape(value)
    with pytest.raises(TypeError, match="`filters` must be a sequence"):
        _checks.positive_integers("filters", value, example="(16, 8)")


@pytest.mark.parametrize("value", [(8, 4), [8, 4], np.array([8, 4]), range(8, 3, -4)])
def test_sizes_come_in_any_sequence(value):
    assert _checks.input_shape(value) == (8, 4)
    assert _checks.positive_integers("filters", value, example="(16, 8)") == (8, 4)


@pytest.mark.parametrize("value", [0, 7, np.int64(7), 2**32 - 1])
def test_a_seed_is_a_whole_number(value):
    assert _checks.seed(value) == _checks.required_seed(value) == value
    assert type(_checks.seed(value)) is int


@pytest.mark.parametrize("value", [-1, 2**32, 0.5, 1.0, True, "7", np.nan])
def test_a_bad_seed_is_named(value):
    for check in (_checks.seed, _checks.required_seed):
        with pytest.raises(
            ValueError, match=r"`seed` must be a whole number from 0 to"
        ):
            check(value)


def test_a_seed_may_be_left_out_where_keras_draws():
    assert _checks.seed(None) is None
    with pytest.raises(ValueError, match="`seed` must be"):
        _checks.required_seed(None)


@pytest.mark.parametrize("value", [0, -1, 0.0, float("nan"), float("inf")])
def test_positive_numbers(value):
    assert _checks.positive("learning_rate", 1) == 1.0
    with pytest.raises(ValueError, match="`learning_rate` must be a finite number abo"):
        _checks.positive("learning_rate", value)
    for other in ("1", None, True):
        with pytest.raises(TypeError, match="`learning_rate` must be"):
            _checks.positive("learning_rate", other)


@pytest.mark.parametrize("value", [0, 3, np.int64(3)])
def test_whole_numbers_from_zero(value):
    assert _checks.non_negative_integer("epochs", value) == value
    assert type(_checks.non_negative_integer("epochs", value)) is int


@pytest.mark.parametrize(
    ("value", "error"),
    [(-1, ValueError), (0.5, TypeError), (1.0, TypeError), (True, TypeError)],
)
def test_other_than_whole_numbers_from_zero(value, error):
    with pytest.raises(error, match="`epochs` must be a number of epochs, 0 or larger"):
        _checks.non_negative_integer("epochs", value, kind="a number of epochs")


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_booleans(value):
    assert _checks.boolean("log", value) is bool(value)


@pytest.mark.parametrize("value", ["abc", "", 0, 1, 1.0, None, [True], np.int8(1)])
def test_other_than_booleans(value):
    with pytest.raises(TypeError, match=r"`log` must be True or False\. Receiv"):
        _checks.boolean("log", value)


def test_objects_go_by_their_names_or_stand_for_themselves():
    relu = keras.activations.relu
    leaky = keras.layers.LeakyReLU()
    for value in ("relu", relu, keras.activations.serialize(relu)):
        assert _identifiers.activation("activation", value) is relu
    assert _identifiers.activation("activation", leaky) is leaky
    assert _identifiers.activation("activation", None) is keras.activations.linear
    zeros = keras.initializers.Zeros()
    for value in ("zeros", zeros, keras.initializers.serialize(zeros)):
        found = _identifiers.initializer("kernel_initializer", value)
        assert isinstance(found, keras.initializers.Zeros)
    assert callable(_identifiers.initializer("kernel_initializer", np.eye(2)))


@pytest.mark.parametrize("value", ["sigmod", {"class_name": "No", "config": {}}])
def test_unknown_names_come_with_the_known_ones(value):
    with pytest.raises(ValueError, match=r"`top` must be the name of a Keras .*celu"):
        _identifiers.activation("top", value)
    with pytest.raises(ValueError, match=r"`top` must be the name of a Ker.*he_normal"):
        _identifiers.initializer("top", value)


def test_samples_are_finite():
    x = np.zeros((4, 2, 2))
    x[2, 0, 1] = np.nan
    samples = r"NaN or infinity in 1 of 4 samples, the first at x\[2, 0, 1\]"
    for check in (_arrays.as_floats, _arrays.finite_range, _arrays.as_samples):
        with pytest.raises(ValueError, match=f"`x` must be finite.*{samples}"):
            check("x", x)
    values = r"NaN or infinity in 2 of 4 values, the first x\[1\]"
    with pytest.raises(ValueError, match=f"`x` must be finite.*{values}"):
        _arrays.as_floats("x", [0.0, np.nan, 1.0, np.inf])
    columns = r"in 2 of 2 samples, the first at x\[0, 1\], in columns 1, 2 of 3"
    with pytest.raises(ValueError, match=f"`x` must be finite.*{columns}"):
        _arrays.as_samples("x", [[0, np.nan, 1], [0, np.inf, -np.inf]])


def test_one_is_singular():
    counts = [_checks.counted(n, "epoch") for n in (0, 1, 2)]
    assert counts == ["0 epochs", "1 epoch", "2 epochs"]
