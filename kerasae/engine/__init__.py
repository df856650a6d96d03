"""Compiling, training and predicting: all that differs between backends."""
