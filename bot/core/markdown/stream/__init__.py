"""Half a text, shown as the beginning of a whole one."""
