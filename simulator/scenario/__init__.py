"""What a person writes: scenario files, what varies in them, what is swept, and what is promised."""

from simulator.scenario import scenario  # noqa: F401 - messages about an axis or a buffer name fields of scenario files
