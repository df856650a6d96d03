import keras
import pytest

from kerasae.layers import TiedDense

pytestmark = pytest.mark.every_backend


@pytest.mark.parametrize("symbolic", [False, True], ids=["eager", "symbolic"])
def test_the_first_call_must_encode(symbolic, images):
    def samples(size):
        return keras.Input((size,)) if symbolic else images(5, size)

    layer = TiedDense(4, name="tied")
    with pytest.raises(ValueError, match=r"first call of 'tied' .*`input_dim`"):
        layer(samples(4), transpose=True)
    assert layer(samples(6)).shape[-1] == 4
    assert layer(samples(4), transpose=True).shape[-1] == 6


@pytest.mark.parametrize(("size", "transpose"), [(5, False), (6, True)])
def test_a_wrong_size_is_named_in_eager_calls(size, transpose, images):
    layer = TiedDense(4, input_dim=6, name="tied")
    layer.build((None, 6))
    expected = rf"'tied' must have [46] as .*{transpose}.*\(3, {size}\)"
    with pytest.raises(ValueError, match=expected):
        layer(images(3, size), transpose=transpose)


def test_input_dim_must_be_what_the_first_call_brings(images):
    with pytest.raises(ValueError, match="must have 6 as their last size"):
        TiedDense(4, input_dim=6)(images(3, 5))
