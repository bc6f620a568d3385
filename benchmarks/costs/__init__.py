"""What the bot costs the computer it runs on: whole processes, real sockets, a packet a token."""
