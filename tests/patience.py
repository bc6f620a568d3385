"""How long a test waits for what has to happen: until it hangs for certain, however busy the machine is."""

HANGING = 120.0  # seconds
