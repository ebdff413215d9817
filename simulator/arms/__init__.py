"""Six-axis arms: where they can bring a tool, at a pose and over a cell of poses of the beam."""
