"""A grid of poses to a map, and the map to solid angle, beams and arcs."""
