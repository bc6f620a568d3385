"""Drawing a message: one module a way of writing it. `slack_emulator.page.html.message` chooses between them."""
