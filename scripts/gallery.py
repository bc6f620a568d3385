"""Every kind of block there is, as an app would post it, and an answer with all that Markdown has: what the page's pictures
and its tests of drawing show."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def rich(text: str, **style: bool) -> Json:
    leaf: Json = {"type": "text", "text": text} | ({"style": style} if style else {})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


ORDER: list[Json] = [
    {"type": "header", "text": plain("Order 4711 is waiting")},
    {
        "type": "section",
        "block_id": "order",
        "text": mrkdwn(
            "*Café Lindgren*, Lund: 48 bottles of _elderflower_.\nThey would like them by Friday."
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Call them", "call"), option("Cancel", "cancel")],
        },
    },
    {"type": "section", "fields": [mrkdwn("*Bottles*\n48"), mrkdwn("*Deposit*\n96 kr")]},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("Confirm", "confirm", style="primary", value="4711"),
            button(
                "Refuse",
                "refuse",
                style="danger",
                confirm={
                    "title": plain("Refuse this order?"),
                    "text": plain("The café is told at once."),
                    "confirm": plain("Refuse it"),
                    "deny": plain("Not yet"),
                    "style": "danger",
                },
            ),
            {
                "type": "static_select",
                "action_id": "van",
                "placeholder": plain("Which van?"),
                "options": [option("The blue one", "blue"), option("The long one", "long")],
            },
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-27"},
        ],
    },
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("From the web shop · two minutes ago")]},
]

ANSWER: list[Json] = [
    {
        "type": "plan",
        "title": "Looking into the deposit",
        "tasks": [
            {
                "task_id": "1",
                "title": "Read what was said in #support",
                "status": "complete",
                "details": rich("Two people asked this week."),
                "sources": [{"type": "url", "url": "https://deposit.example/rules", "text": "The rules"}],
            },
            {"task_id": "2", "title": "Compare with last year", "status": "in_progress"},
            {"task_id": "3", "title": "Write it down", "status": "pending"},
            {"task_id": "4", "title": "Ask the old database", "status": "error"},
        ],
    },
    {"type": "markdown", "text": "The deposit is **2 kr** a bottle. It is paid back `in full`."},
    {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Bottle"}, {"type": "raw_text", "text": "Deposit"}],
            [{"type": "raw_text", "text": "0.33 l"}, {"type": "raw_text", "text": "1 kr"}],
            [rich("0.75 l", bold=True), {"type": "raw_text", "text": "2 kr"}],
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good answer"), "value": "good"},
                "negative_button": {"text": plain("Bad answer"), "value": "bad"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "delete"},
        ],
    },
]

NEWER: list[Json] = [
    {"type": "alert", "level": "warning", "text": plain("The bottling line stops at six.")},
    {
        "type": "carousel",
        "elements": [
            {
                "type": "card",
                "title": mrkdwn("Elderflower"),
                "subtitle": mrkdwn("0.75 l"),
                "body": mrkdwn("Its first time out. *Be kind.*"),
                "actions": [button("Order", "order-1")],
            },
            {
                "type": "card",
                "title": mrkdwn("Plain"),
                "subtitle": mrkdwn("0.33 l"),
                "body": mrkdwn("As ever."),
            },
        ],
    },
    {
        "type": "container",
        "title": plain("Where it is"),
        "is_collapsible": True,
        "child_blocks": [
            {"type": "section", "text": mrkdwn("In the second hall, behind the *blue* van.")},
            {
                "type": "image",
                "image_url": "https://pictures.example/hall.png",
                "alt_text": "The second hall from above",
            },
        ],
    },
]

FORM: list[Json] = [
    {
        "type": "input",
        "block_id": "name",
        "label": plain("Name"),
        "element": {"type": "plain_text_input", "action_id": "name", "placeholder": plain("Who is it for?")},
    },
    {
        "type": "input",
        "block_id": "words",
        "label": plain("A word with it"),
        "optional": True,
        "hint": plain("Goes on a card of its own."),
        "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
    },
    {
        "type": "input",
        "block_id": "size",
        "label": plain("Size"),
        "element": {
            "type": "radio_buttons",
            "action_id": "size",
            "initial_option": option("0.75 l", "75"),
            "options": [option("0.33 l", "33"), option("0.75 l", "75")],
        },
    },
    {
        "type": "input",
        "block_id": "kinds",
        "label": plain("Kinds"),
        "optional": True,
        "element": {
            "type": "checkboxes",
            "action_id": "kinds",
            "options": [option("Plain", "plain"), option("Elderflower", "elder")],
        },
    },
    {
        "type": "input",
        "block_id": "who",
        "label": plain("Brought by"),
        "element": {"type": "users_select", "action_id": "who"},
    },
]

REPORT_QUESTION = "Why was checkout slow this morning?"
REPORT = """\
## Slow checkouts from 09:10 to 09:40

The cause was **an exhausted connection pool**, not traffic: `max_connections` was at *100 of 100*, and [the dashboard](https://example.org/grafana) shows requests waiting for **2.4 s** on average.

1. A deploy at 09:08 doubled the workers:
   - each opens 8 connections
   - none gives one back while it is idle
2. The retries made it ~~a bit~~ much worse.

```python
async def retry(call, *, attempts=3, delay=0.5):
    for attempt in range(attempts):
        try:
            return await call()
        except Busy:  # <- the pool, not the database
            await asyncio.sleep(delay * 2**attempt)
```

| Pool size | Waiting | Errors |
|:--|--:|--:|
| 100 | 2.4 s | 312 |
| 200 | 0.1 s | 0 |

> The pool has to grow *before* the workers do.

- [x] Pool at 200
- [ ] Alert at 80 %, since $c = \\frac{w \\cdot 8}{200}$ comes close to 1

Shall I open the ticket?
"""
