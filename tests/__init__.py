"""A package, so that it is found before one of this name that a library brings: processes of tests import from it."""
