"""`python -m bot.workspace --port 3210`: the local Slack on its own, for whatever speaks to Slack."""

from __future__ import annotations

import asyncio

import click

from bot.workspace.errors import WorkspaceError
from bot.workspace.limits import Limits
from bot.workspace.server import Workspace


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=3210, show_default=True, help="The port; 0 takes any free one.")
@click.option(
    "--limits/--no-limits", default=True, show_default=True, help="Whether Slack's rate limits hold."
)
def main(host: str, port: int, *, limits: bool) -> None:
    """Serve a local Slack until Ctrl+C."""
    try:
        asyncio.run(serve(host, port, Limits.strict() if limits else Limits.off()))
    except WorkspaceError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Bye.")


async def serve(host: str, port: int, limits: Limits) -> None:
    """Say how to reach the workspace, and serve it until cancelled."""
    async with Workspace.start(host, port, limits=limits) as workspace:
        click.echo(told(workspace))
        await asyncio.Event().wait()


def told(workspace: Workspace) -> str:
    """What whoever connects an app needs to know. The tokens open nothing but this workspace."""
    app = workspace.app
    return "\n".join(
        (
            f"A local Slack: {workspace.url}",
            f"SLACK_API_URL={workspace.api_url}",
            f"SLACK_BOT_TOKEN={app.bot_token}",
            f"SLACK_APP_TOKEN={app.app_token}",
            f"SLACK_SIGNING_SECRET={app.signing_secret}",
        )
    )


if __name__ == "__main__":
    main()
