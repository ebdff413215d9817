"""Parametric solids, from which the shipped meshes are made."""
