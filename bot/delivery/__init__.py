"""The shell that sends the edits of replies, and tells the core what became of them."""
