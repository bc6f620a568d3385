"""One reply: its text in, edits of its messages out."""
