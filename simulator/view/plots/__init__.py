"""The map, the sphere and what they cost as plots, fit for a paper."""
