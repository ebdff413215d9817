"""Compiled loops of the surfaces of structures."""
