"""The model's Markdown, as Slack may safely show it, half-written too."""
