"""Beams of a map: its free poses, and candidates that are evenly spread over the directions that they have."""
