"""Transforms, vendor angle scales, patient positions, beam directions, winding numbers.

Numpy only.
"""
