"""Numbers that stand for something else, and allowances, each in one place."""

FAR_MM = 1e300
"""More than any distance: not known, or never so near."""
INSIDE = -1.0
"""Less than any distance: the pair collides at every pose."""
NO_TRIANGLE = -1
"""In place of the number of a triangle."""
ROUNDING_MM = 1e-6
"""More than the rounding of any bound in a room of some metres, in double precision."""
ROUNDING_MM2 = 1e-6
"""More than the rounding of the square of a length there."""
TOUCHING_MM = 1e-6
"""Triangles nearer than this cross as far as the search for points inside is concerned."""
