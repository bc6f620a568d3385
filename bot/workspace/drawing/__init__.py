"""Drawing a message: one module a way of writing it. `bot.workspace.render` chooses between them."""
