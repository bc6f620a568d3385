"""The page on which people act: its side of the server; `static` is what the browser runs, `html` how messages are drawn."""
