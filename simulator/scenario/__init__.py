"""What a person writes: scenario files, what varies in them, what is swept, and what is promised."""
