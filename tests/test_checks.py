import numpy as np
import pytest

from kerasae import _arrays, _checks


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


def test_samples_are_finite():
    x = np.zeros((4, 2, 2))
    x[2, 0, 1] = np.nan
    values = r"NaN or infinity in 1 of 16 values, the first at index \[2, 0, 1\]"
    for check in (_arrays.as_floats, _arrays.finite_range):
        with pytest.raises(ValueError, match=f"`x` must be finite.*{values}"):
            check("x", x)
    samples = r"NaN or infinity in 1 of 4 samples, the first \w+\[2\]"
    with pytest.raises(ValueError, match=f"`x` must be finite.*{samples}"):
        _arrays.as_samples("x", x)


def test_one_is_singular():
    counts = [_checks.counted(n, "epoch") for n in (0, 1, 2)]
    assert counts == ["0 epochs", "1 epoch", "2 epochs"]
