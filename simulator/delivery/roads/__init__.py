"""Proven ways between poses: a road map of certified cells."""
