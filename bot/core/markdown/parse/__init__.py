"""A model's Markdown as blocks and spans, by the one parser that everything here agrees on."""
