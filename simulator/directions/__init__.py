"""From poses to directions of the beam on the sphere, and from cells of poses to exact solid angles."""
