"""What holds for every pose of a cell, and not only for poses that were asked: proofs by bounds on motion."""
