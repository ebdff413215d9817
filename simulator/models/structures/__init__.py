"""Contours of structure sets to closed surfaces that hold them, and to patients."""
