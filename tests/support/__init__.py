"""What several tests need: bodies, rooms, oracles, other programs."""
