"""Figures and ratios, measured in one run; they fail nobody. Run by `make bench`."""
