"""A machine, a couch and a patient, placed in one room."""
