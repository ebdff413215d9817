"""A sweep of poses to a map, and the map to solid angle, beams and arcs."""
