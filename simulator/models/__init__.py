"""Mesh files to checked meshes in mm; kinematic trees; machines, couches and patients; what ships."""
