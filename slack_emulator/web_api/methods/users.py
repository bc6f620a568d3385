"""api.*, auth.test, users.*, usergroups.*, bots.*, team.*: who is who."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import bot_json, profile_json, user_json
from slack_emulator.web_api.call import Call, Method, page_of

if TYPE_CHECKING:
    from slack_emulator.json_values import Json


def test(call: Call) -> Json:
    """api.test: the arguments back, and an `error` as the answer's."""
    if error := call.args.text("error"):
        raise Refused(error)
    return {"args": call.args.values}


def auth_test(call: Call) -> Json:
    """Returns who the token belongs to."""
    team, app = call.state.team, call.app
    return {
        "url": f"{call.state.url}/",
        "team": team.name,
        "user": call.state.user(app.bot_user_id).name,
        "team_id": team.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def info(call: Call) -> Json:
    """One user, with a language where that is asked for."""
    user = call.state.user(call.args.needed("user"))
    locale = {"locale": user.locale} if call.args.flag("include_locale") else {}
    return {"user": user_json(user, call.state) | locale}


def list_(call: Call) -> Json:
    """Everybody, bots too."""
    users = list(call.state.users.values())
    shown, metadata = page_of(users, lambda user: user.id, call, default=1000, most=1000)
    return {"members": [user_json(user, call.state) for user in shown], "cache_ts": int(call.now)} | metadata


def by_email(call: Call) -> Json:
    """The user of that address."""
    wanted = call.args.needed("email").lower()
    user = next((each for each in call.state.users.values() if each.email.lower() == wanted), None)
    if user is None:
        raise Refused("users_not_found")
    return {"user": user_json(user, call.state)}


def profile(call: Call) -> Json:
    """A user's profile; the app's own where none is named."""
    user = call.state.user(call.args.text("user") or call.app.bot_user_id)
    return {"profile": profile_json(user, call.state)}


def presence(call: Call) -> Json:
    """Tells whether a user is there."""
    user = call.state.user(call.args.text("user") or call.app.bot_user_id)
    return {"presence": "active" if user.present else "away"}


def set_presence(call: Call) -> Json:
    """Let the app's bot seem there ("auto") or "away"."""
    wanted = call.args.text("presence")
    if wanted not in ("auto", "away"):
        raise Refused("invalid_presence")
    call.state.add_user(replace(call.state.user(call.app.bot_user_id), present=wanted == "auto"))
    return {}


def bot_info(call: Call) -> Json:
    """One bot, by its B id; the caller's own where none is named."""
    wanted = call.args.text("bot") or call.app.bot_id
    app = next((each for each in call.state.apps.values() if each.bot_id == wanted), None)
    if app is None:
        raise Refused("bot_not_found")
    return {"bot": bot_json(app)}


def team_info(call: Call) -> Json:
    """The workspace."""
    team = call.state.team
    asked = call.args.text("team") or call.args.text("domain")
    if asked not in (None, team.id, team.domain):
        raise Refused("team_not_found")
    shown = {
        "id": team.id,
        "name": team.name,
        "domain": team.domain,
        "url": f"{call.state.url}/",
        "email_domain": "",
        "icon": {"image_default": True},
    }
    return {"team": shown}


def group_members(call: Call) -> Json:
    """Returns who is in a user group."""
    members = call.state.groups.get(call.args.needed("usergroup"))
    if members is None:
        raise Refused("no_such_subteam")
    return {"users": sorted(members)}


METHODS: dict[str, Method] = {
    "api.test": test,
    "auth.test": auth_test,
    "bots.info": bot_info,
    "team.info": team_info,
    "usergroups.users.list": group_members,
    "users.getPresence": presence,
    "users.info": info,
    "users.list": list_,
    "users.lookupByEmail": by_email,
    "users.profile.get": profile,
    "users.setPresence": set_presence,
}
