"""Studies: a scenario, what varies in it, and one row for each case."""
