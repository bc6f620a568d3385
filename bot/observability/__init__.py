"""Shows the operator what happens."""
