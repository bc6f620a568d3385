"""api.*, auth.*, users.*, bots.*: who is who. And views.publish, which gives each person the app's home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.calls import Call, Method, page_of
from bot.workspace.errors import Refused
from bot.workspace.shapes import bot_json, user_json

if TYPE_CHECKING:
    from bot.workspace.records import Json


def test(call: Call) -> Json:
    """api.test: the arguments back, and an `error` as the answer's."""
    if error := call.args.text("error"):
        raise Refused(error)
    return {"args": call.args.values}


def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    team, app = call.state.team, call.app
    return {
        "url": f"https://{team.domain}.slack.invalid/",
        "team": team.name,
        "user": call.state.user(app.bot_user_id).name,
        "team_id": team.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def info(call: Call) -> Json:
    """One user."""
    return {"user": user_json(call.state.user(call.args.needed("user")), call.state)}


def list_(call: Call) -> Json:
    """Everybody, bots too."""
    users = list(call.state.users.values())
    shown, metadata = page_of(users, lambda user: user.id, call, default=1000, most=1000)
    return {"members": [user_json(user, call.state) for user in shown], "cache_ts": int(call.now)} | metadata


def bot_info(call: Call) -> Json:
    """One bot, by its B id; the caller's own where none is named."""
    wanted = call.args.text("bot") or call.app.bot_id
    app = next((each for each in call.state.apps.values() if each.bot_id == wanted), None)
    if app is None:
        raise Refused("bot_not_found")
    return {"bot": bot_json(app, call.state)}


def publish(call: Call) -> Json:
    """Keep the home view an app made for one person."""
    user = call.state.user(call.args.needed("user_id"))
    view = call.args.object("view", "invalid_arguments")
    if view is None or view.get("type") != "home":
        raise Refused("invalid_arguments", "[ERROR] a view of type home is needed [json-pointer:/view]")
    call.state.homes[user.id] = view
    own: Json = {
        "id": f"V{user.id[1:]}",
        "team_id": call.state.team.id,
        "app_id": call.app.id,
        "bot_id": call.app.bot_id,
    }
    return {"view": view | own}


METHODS: dict[str, Method] = {
    "api.test": test,
    "auth.test": auth_test,
    "bots.info": bot_info,
    "users.info": info,
    "users.list": list_,
    "views.publish": publish,
}
