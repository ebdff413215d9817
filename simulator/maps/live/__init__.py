"""Bounds that follow an isocentre while it is moved: coarse ones at once, then finer ones."""
