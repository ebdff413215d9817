"""What holds of a treatment plan in a room: every beam, every arc, every move between beams."""
