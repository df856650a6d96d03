"""Curves, histograms and maps of many samples at once."""
