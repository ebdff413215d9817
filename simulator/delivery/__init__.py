"""From free poses to a treatment: beam lists, proven ways between beams, and their order."""
