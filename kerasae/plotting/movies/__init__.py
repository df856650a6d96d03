"""Frames drawn while a model learns, and the movies made of them."""
