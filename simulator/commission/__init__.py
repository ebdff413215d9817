"""Measured contact angles in, dimensions of a machine out: what to measure, the fit, how far it can be trusted."""
