"""Poses to answers: the FCL checker, containment, buffers."""
