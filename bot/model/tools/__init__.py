"""Tools that a model may use: of MCP servers, and of Python packages."""
