"""The compiled geometry of the proofs: bounds on the distance of two moving meshes."""
