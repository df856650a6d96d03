"""The page that stands beside a published model."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

import keras

from kerasae._layer_names import CODE

_TEMPLATE = """\
---
library_name: keras
tags:
- keras
- kerasae
- autoencoder
---

# {title}

An autoencoder, trained with [Keras](https://keras.io) and kerasae: the whole model, its
encoder and its decoder.

| | |
|---|---|
{facts}
{sections}
## Use it

```python
import kerasae

autoencoder, encoder, decoder = kerasae.load("{path}")
codes = kerasae.predict(encoder, x)
```

`x` has the shape `(n, {axes})`; 8-bit integers are divided by 255. On TensorFlow,
JAX or PyTorch: `pip install "kerasae[hub,tensorflow]"`, or `[hub,jax]`, or
`[hub,torch]`. Keras alone loads the whole model, after `import kerasae` for its layers:
`keras.saving.load_model("{path}", compile=False)`.
"""


def model_card(
    model: keras.Model,
    path: str,
    *,
    facts: Mapping[str, str] | None = None,
    sections: Sequence[str] = (),
) -> str:
    """Return a model card in Markdown.

    Args:
        model: The autoencoder.
        path: Where it is published, `hf://user/name`.
        facts: Further rows of the table at the top.
        sections: What comes before the section on how to load it, in Markdown.
    """
    shape, code = model.input_shape[1:], _code_shape(model)
    rows = {
        "model": f"`{model.name}`, {model.count_params():,} parameters",
        "input": f"{_shape(shape)}",
        **({"code": _shape(code)} if code else {}),
        **(facts or {}),
        "written by": f"kerasae {version('kerasae')}, Keras {keras.__version__}, on "
        f"{keras.backend.backend()}",
    }
    return _TEMPLATE.format(
        title=path.rpartition("/")[2],
        facts="\n".join(f"| {name} | {value} |" for name, value in rows.items()),
        sections="".join(f"\n{section.strip()}\n" for section in sections),
        path=path,
        axes=", ".join("any" if size is None else str(size) for size in shape),
    )


def _shape(shape: Sequence[int | None]) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape)


def _code_shape(model: keras.Model) -> Sequence[int | None] | None:
    names = [layer.name for layer in model.layers]
    return model.get_layer(CODE).output.shape[1:] if CODE in names else None
