"""Compiled loops of ways between poses."""
