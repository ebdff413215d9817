"""Mesh files drawn at random: for each format a function from a random generator to a file and what is in it.

They are written here by the specifications, without any library that reads or writes the format.
"""
