"""From joint values to directions of the beam on the sphere, and from cells of joint values to solid angles."""
