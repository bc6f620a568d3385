"""How soon readers see what the model writes: streaming policies side by side, on one workspace and its limits."""
