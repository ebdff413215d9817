"""IEC 61217 frames and transforms, vendor angle scales, patient positions, beam directions.

Numpy only.
"""
