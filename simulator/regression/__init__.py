"""What a scenario promises, and whether it still holds."""
