"""Slack's Web API: `/api/<method>`, from the request to the answer."""
