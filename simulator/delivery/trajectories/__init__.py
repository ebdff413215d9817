"""Gantry and couch moving together under beam: read, checked, proposed."""
