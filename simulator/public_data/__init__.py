"""Data that others published, which the project compares with and does not ship: what there is, and fetching it."""
