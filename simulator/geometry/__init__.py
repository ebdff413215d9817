"""Angles, edges of cells, transforms, vendor angle scales, patient positions, winding numbers.

Numpy only.
"""
