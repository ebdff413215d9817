"""What is said about every field of the files that people write: for the terminal and for the site."""
