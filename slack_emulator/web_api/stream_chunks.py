"""Reads what a stream is given, piece by piece, and makes the blocks that make a message of it.

Text goes on where text ended. A task is one card: told of again, its title and status are replaced and its details grow
(seen on the live service). With the display mode "plan" the tasks stand in one plan, with its title.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.blocks.message_limits import check_blocks, check_markdown_text
from slack_emulator.blocks.typed_text import escape
from slack_emulator.errors import Refused
from slack_emulator.json_values import as_object, as_objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.disputed_rules import Compat
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Message
    from slack_emulator.web_api.call import Call

TASK_STATUSES = ("pending", "in_progress", "complete", "error")
TASK_TEXT = 256  # characters of a text in task_update and plan_update: the page of chat.startStream


def added(call: Call) -> list[Json]:
    """Returns what a call adds, as checked chunks: its `markdown_text` is one too."""
    markdown, chunks = call.args.text("markdown_text"), call.args.objects("chunks", "invalid_chunks")
    if markdown and chunks:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if markdown:
        check_markdown_text(markdown)
        chunks = ({"type": "markdown_text", "text": markdown},)
    for index, chunk in enumerate(chunks or ()):
        _check(chunk, index)
    return [chunk for chunk in chunks or () if chunk.get("text") != ""]


def _check(chunk: Json, index: int) -> None:
    match chunk:
        case {"type": "markdown_text", "text": str()}:
            return
        case {"type": "blocks", "blocks": [*blocks]} if all(isinstance(block, dict) for block in blocks):
            return
        case {"type": "plan_update", "title": str(title)} if len(title) <= TASK_TEXT:
            return
        case {"type": "task_update", "id": str(), "title": str()} if _good_task(chunk):
            return
        case _:
            flaw = f"[ERROR] unsupported chunk: {chunk.get('type')} [json-pointer:/chunks/{index}]"
            raise Refused("invalid_chunks", flaw)


def _good_task(task: Json) -> bool:
    texts = [task.get(name) for name in ("title", "details", "output")]
    short = all(len(text) <= TASK_TEXT for text in texts if isinstance(text, str))
    return short and task.get("status", "pending") in TASK_STATUSES


def grown(message: Message, more: Sequence[Json], readings: Compat) -> Message:
    """The message with more below it: a word cut in two by chunks is one word.

    `msg_too_long` once all its text is more than a stream may hold.
    """
    check_blocks(
        [block for chunk in more if chunk["type"] == "blocks" for block in chunk["blocks"]], readings
    )
    blocks = list(message.blocks or ())
    for chunk in more:
        _ADD[chunk["type"]](blocks, chunk, message.plan)
    text = "\n".join(escape(block["text"]) for block in blocks if block["type"] == "markdown")
    if len(text) > readings.stream_text:
        raise Refused("msg_too_long")
    check_blocks(blocks, readings)
    return replace(message, text=text, blocks=tuple(blocks) or None)


def _add_text(blocks: list[Json], chunk: Json, _plan: bool) -> None:
    if blocks and blocks[-1]["type"] == "markdown":
        blocks[-1] = {"type": "markdown", "text": f"{blocks[-1]['text']}{chunk['text']}"}
    else:
        blocks.append({"type": "markdown", "text": chunk["text"]})


def _add_blocks(blocks: list[Json], chunk: Json, plan: bool) -> None:
    for block in chunk["blocks"]:
        if block["type"] == "markdown":
            _add_text(blocks, block, plan)
        else:
            blocks.append(block)


def _add_plan(blocks: list[Json], chunk: Json, _plan: bool) -> None:
    at = next((index for index, block in enumerate(blocks) if block["type"] == "plan"), None)
    if at is None:
        blocks.append({"type": "plan", "title": chunk["title"], "tasks": []})
    else:
        blocks[at] = blocks[at] | {"title": chunk["title"]}


def _add_task(blocks: list[Json], chunk: Json, plan: bool) -> None:
    if not plan:
        _put_task(blocks, chunk)
        return
    at = next((index for index, block in enumerate(blocks) if block["type"] == "plan"), None)
    if at is None:
        at = len(blocks)
        blocks.append({"type": "plan", "title": chunk["title"], "tasks": []})
    tasks = as_objects(blocks[at].get("tasks"))
    _put_task(tasks, chunk)
    blocks[at] = blocks[at] | {"tasks": tasks}


def _put_task(cards: list[Json], chunk: Json) -> None:
    """Change the card of that task, or add it below."""
    for index, card in enumerate(cards):
        if card.get("type") == "task_card" and card.get("task_id") == chunk["id"]:
            cards[index] = _task(chunk, card)
            return
    cards.append(_task(chunk, {}))


def _task(chunk: Json, old: Json) -> Json:
    card: Json = {"type": "task_card", "task_id": chunk["id"], "title": chunk["title"]}
    card["status"] = chunk.get("status", old.get("status", "pending"))
    if details := f"{plain(old.get('details'))}{chunk.get('details') or ''}":
        card["details"] = _rich(details)
    if output := chunk.get("output"):
        card["output"] = _rich(output)
    elif "output" in old:
        card["output"] = old["output"]
    if sources := chunk.get("sources", old.get("sources")):
        card["sources"] = sources
    return card


def _rich(text: str) -> Json:
    element: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [element]}


def plain(rich: object) -> str:
    """The text of what `_rich` made."""
    block = as_object(rich)
    return block["elements"][0]["elements"][0]["text"] if block else ""


_ADD = {
    "blocks": _add_blocks,
    "markdown_text": _add_text,
    "plan_update": _add_plan,
    "task_update": _add_task,
}
