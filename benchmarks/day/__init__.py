"""A day of a busy company, hurried: what a bot that has answered thousands holds more of than one that has answered a few."""
