"""Lists of beams: as values, in the forms of other programs, and checked."""
