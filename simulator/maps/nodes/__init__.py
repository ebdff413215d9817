"""Nodes of a machine with an arm: places of its source from which it may aim, and which of them are free."""
