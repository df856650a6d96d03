"""Models in eight bits, beside those in ONNX."""

import logging
from pathlib import Path

SUFFIX = "-8bit.onnx"


def quantize(path: Path) -> Path:
    """Write an ONNX model anew with weights of eight bits, and return its path.

    onnxruntime's quantizer rounds the weights; it scales what goes through the layers
    by what it meets at each call, so that it needs no samples.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = path.with_name(path.stem + SUFFIX)
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises to preprocess, on the root logger
    try:
        # Signed weights of convolutions are not implemented (onnxruntime 1.32).
        quantize_dynamic(onnx.load(path), target, weight_type=QuantType.QUInt8)
    finally:
        root.setLevel(level)
    return target
