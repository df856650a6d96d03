"""A builder's arguments in the shell's words."""

import pytest

from kerasae.cli._variant_options import option_text, parameters, parse


def build(
    input_shape=784,
    *,
    hidden_units=(),
    filters=(16, 8, 8),
    latent_dim=32,
    activation="relu",
    corruption=None,
    batch_normalization=False,
    seed=None,
    name="ae",
):
    """Stand for a builder."""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--latent-dim 7", {"latent_dim": 7}),
        ("--latent-dim=7", {"latent_dim": 7}),
        ("--filters 64,32", {"filters": (64, 32)}),
        ("--filters 8,", {"filters": (8,)}),
        ("--corruption masking,0.3", {"corruption": ("masking", 0.3)}),
        ("--corruption none", {"corruption": None}),
        ("--hidden-units none", {"hidden_units": ()}),
        ("--hidden-units=", {"hidden_units": ()}),
        ("--batch-normalization", {"batch_normalization": True}),
        ("--batch-normalization true", {"batch_normalization": True}),
        ("--batch-normalization False", {"batch_normalization": False}),
        ("--batch-normalization=false", {"batch_normalization": False}),
        (
            "--batch-normalization --activation tanh",
            {"batch_normalization": True, "activation": "tanh"},
        ),
    ],
)
def test_values(words, expected):
    assert parse(build, words.split(), ()) == expected


def test_an_empty_word_is_an_empty_tuple():
    assert parse(build, ["--hidden-units", ""], ()) == {"hidden_units": ()}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--filter 8", "no option '--filter'. Did you mean '--filters'"),
        ("--epoch 8", "Did you mean '--epochs'"),
        ("--seed 8", "no option '--seed'"),
        ("--filters", "--filters needs a value"),
        ("--filters --latent-dim 8", "--filters needs a value"),
        ("--batch-normalization=8", "--batch-normalization is true or false, not '8'"),
    ],
)
def test_complaints(words, message):
    with pytest.raises(ValueError, match=message):
        parse(build, words.split(), ("--epochs", "-h"))


def test_defaults_are_shown_in_words_that_can_be_given():
    defaults = {
        option: parameter.default for option, parameter in parameters(build).items()
    }
    assert {option: option_text(default) for option, default in defaults.items()} == {
        "--hidden-units": "none",
        "--filters": "16,8,8",
        "--latent-dim": "32",
        "--activation": "relu",
        "--corruption": "none",
        "--batch-normalization": "false",
    }
    words = [f"{option}={option_text(default)}" for option, default in defaults.items()]
    assert [*parse(build, words, ()).values()] == [*defaults.values()]
