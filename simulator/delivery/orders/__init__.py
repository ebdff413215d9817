"""The order of beams that takes least time, and the delivery that it makes."""
