"""Says to people, in their languages, what the bot has to say: texts, and GNU gettext's catalogues of them."""
