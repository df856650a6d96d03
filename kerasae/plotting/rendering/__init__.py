"""The one renderer of samples, for figures, movie frames and TensorBoard."""
