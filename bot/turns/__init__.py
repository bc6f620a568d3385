"""The shell around a turn: who takes a message, and who drives its reply to the end."""
