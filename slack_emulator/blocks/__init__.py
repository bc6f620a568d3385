"""Block Kit: which blocks are valid, what can be pressed in them, and how much fits."""
