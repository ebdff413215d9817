"""Pictures: the only room that imports matplotlib or pyvista."""
