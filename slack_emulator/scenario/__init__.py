"""Scripts of what goes wrong and when, and who carries them out."""
