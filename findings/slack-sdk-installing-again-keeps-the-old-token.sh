#!/usr/bin/env bash
# Package:   slack_sdk 3.47.0, SQLAlchemy 2.1.9 with greenlet 3.5.6 (PyPI), class SQLAlchemyInstallationStore
# Behaviour: A workspace that installs an app again, a minute later, is saved beside the installation that was there, not instead of it:
#            the row is looked for by its time as well. `find_installation` gives the newest, so nothing seems amiss; each earlier
#            installation stays in both tables with its bot token, for as long as nobody deletes the workspace. Whoever reads a
#            copy of the database finds every token that the app ever had there.
# Seen:      the newest is found: xoxb-second
#            rows of that workspace: 2 installations, 2 bots
#            tokens that lie there: xoxb-first, xoxb-second
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slack_sdk==3.47.0 sqlalchemy==2.1.9 greenlet==3.5.6
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from sqlalchemy import create_engine, select

engine = create_engine("sqlite://")
store = SQLAlchemyInstallationStore(client_id="1.2", engine=engine)
store.create_tables()
for at, token in ((1_700_000_000.0, "xoxb-first"), (1_700_000_060.0, "xoxb-second")):
    store.save(Installation(app_id="A1", team_id="T1", user_id="U1", bot_token=token, installed_at=at))
found = store.find_installation(enterprise_id=None, team_id="T1")
with engine.connect() as connection:
    kept, bots = (
        [row.bot_token for row in connection.execute(select(table.c.bot_token))]
        for table in (store.installations, store.bots)
    )
print(f"the newest is found: {found.bot_token}")
print(f"rows of that workspace: {len(kept)} installations, {len(bots)} bots")
print(f"tokens that lie there: {', '.join(sorted({*kept, *bots}))}")
sys.exit((found.bot_token, len(kept), len(bots)) != ("xoxb-second", 2, 2))
PYTHON
