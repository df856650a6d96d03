"""The layers of a model and how they follow."""
