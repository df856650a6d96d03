"""Names of layers that a model's parts are found by."""

CODE = "code"  # the bottleneck, where an autoencoder is split
CORRUPTION = "corruption"  # noise that a builder put in front
HEAD = "head"  # the layer of a classifier or a regressor on the code
RECONSTRUCTION = "reconstruction"  # the last layer of an autoencoder
