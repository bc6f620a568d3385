"""A text of any length, cut into messages."""
