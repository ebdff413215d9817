"""Models that robotics groups describe in URDF (Unified Robot Description Format), read and written.

What is read becomes the tables that a ``model.toml`` has, before anything else sees it: see ``tables``.
"""
