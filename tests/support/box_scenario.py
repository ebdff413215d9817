"""A scenario of a few poses that is mapped in a second, as a person writes it."""

SCENARIO = """
title = "Water box"
[couch]
model = "igrt"
[patient]
model = "box_phantom"
site = "centre"
[buffers]
couch_mm = {couch_mm}
[grid]
gantry_deg = {{ start = -180, stop = 180, step = 30 }}
couch_deg = {{ start = -30, stop = 30, step = 30 }}
"""
PROMISE = """
[expect]
fraction_of_4pi = { at_least = 0.1 }
baseline = "baselines/box.nc"
"""
