"""files.*: uploading in three steps (an address, the bytes, then sharing), and looking at what was uploaded.

getUploadURLExternal ──address──► POST the bytes there ──► completeUploadExternal ──► a message with the files
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from slack_emulator.blocks.message_limits import check_blocks
from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import file_json
from slack_emulator.state.changes import Told
from slack_emulator.state.directory import id_of
from slack_emulator.state.models import File, Message, Scheduled, mimetype_of
from slack_emulator.web_api.call import page_of
from slack_emulator.web_api.methods.chat import posted

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Channel
    from slack_emulator.web_api.call import Call, Method

MOST_SIZE = 1024**3  # bytes of one file: Slack's help pages
MOST_SNIPPET = 1024**2  # bytes of a snippet: the method's page, "limited to 1MB"
MOST_ALT_TEXT = 1_000  # characters: the method's page


def get_upload_url(call: Call) -> Json:
    """An address to send the bytes of one file to."""
    name, length = call.args.needed("filename"), _length(call)
    if length > MOST_SIZE:
        raise Refused("file_upload_size_restricted")
    if call.args.text("snippet_type") and length > MOST_SNIPPET:
        raise Refused("snippet_too_large")
    if len(call.args.text("alt_txt") or "") > MOST_ALT_TEXT:
        raise Refused("alt_txt_too_large")
    file = File(
        id=f"F{uuid4().hex[:10].upper()}",
        name=name,
        mimetype=mimetype_of(name),
        size=length,
        user=call.app.bot_user_id,
        created=int(call.now),
        alt_text=call.args.text("alt_txt") or "",
    )
    call.state.uploads[file.id] = file
    return {"upload_url": f"{call.state.url}/upload/v1/{call.state.team.id}/{file.id}", "file_id": file.id}


def _length(call: Call) -> int:
    """Returns how long the file will be, in bytes. Its page says of one without any: `missing_argument`."""
    if not call.args.text("length") or call.args.text("length") == "0":
        raise Refused("missing_argument")
    return call.args.whole("length", default=0, most=MOST_SIZE + 1)


def complete_upload(call: Call) -> Json:
    """Keep uploaded files, and share them in a channel where one is named."""
    wanted = call.args.objects("files", "invalid_arguments") or ()
    if not wanted:
        raise Refused("invalid_arguments", "[ERROR] missing required field: files")
    channels = _channels(call)
    files = tuple(_uploaded(call, each, channels) for each in wanted)
    # "If the `initial_comment` field is provided, the `blocks` field is ignored."
    ignored = bool(call.args.text("initial_comment"))
    blocks = None if ignored else call.args.objects("blocks", "invalid_blocks_format")
    check_blocks(blocks or (), call.state.readings)
    for file in files:
        call.state.files[file.id] = file
        del call.state.uploads[file.id]
        event: Json = {
            "type": "file_created",
            "file_id": file.id,
            "user_id": file.user,
            "file": {"id": file.id},
        }
        call.happened.append(Told(event | {"event_ts": call.state.next_ts(call.now)}))
    for channel in channels:
        _share(call, channel, files, blocks)
    return {"files": [file_json(file, call.state) for file in files]}


def _channels(call: Call) -> list[Channel]:
    """Returns where the files are to be shared; nowhere where none is named."""
    ids = call.args.names("channels") or call.args.names("channel_id")
    channels = [call.state.channel(each) for each in ids]
    for channel in channels:
        if call.app.bot_user_id not in channel.members:
            raise Refused("not_in_channel" if channel.public else "channel_not_found")
    return channels


def _uploaded(call: Call, wanted: Json, channels: list[Channel]) -> File:
    """The file whose bytes have come."""
    file = call.state.uploads.get(str(wanted.get("id")))
    if file is None or file.id not in call.state.contents:
        raise Refused("file_not_found")
    size, title = len(call.state.contents[file.id]), str(wanted.get("title") or file.name)
    return replace(file, title=title, size=size, channels=tuple(channel.id for channel in channels))


def _share(call: Call, channel: Channel, files: tuple[File, ...], blocks: tuple[Json, ...] | None) -> None:
    draft = Message(
        channel=channel.id,
        ts="",
        user=call.app.bot_user_id,
        text=call.args.text("initial_comment") or "",
        thread_ts=call.args.text("thread_ts"),
        blocks=blocks or None,
        app_id=call.app.id,
        files=files,
        subtype="file_share",
    )
    seconds = call.state.readings.share_seconds
    if not seconds:
        posted(call, draft)
        return
    id_ = id_of("Q", channel.id, call.state.next_ts(call.now))
    call.state.pending.add(Scheduled(id_, draft, call.now + seconds))


def _file(call: Call) -> File:
    file = call.state.files.get(call.args.needed("file"))
    if file is None:
        raise Refused("file_not_found")
    return file


def info(call: Call) -> Json:
    """One file."""
    file = _file(call)
    return {"file": file_json(file, call.state), "comments": [], "response_metadata": {"next_cursor": ""}}


def list_(call: Call) -> Json:
    """The files there are, newest first; those of a channel or a user."""
    channel, user = call.args.text("channel"), call.args.text("user")
    files = [
        file
        for file in reversed(call.state.files.values())
        if channel in (None, *file.channels) and user in (None, file.user)
    ]
    shown, _ = page_of(files, lambda file: file.id, call, default=100, most=1000)
    paging = {"count": 100, "total": len(files), "page": 1, "pages": 1}
    return {"files": [file_json(file, call.state) for file in shown], "paging": paging}


def delete(call: Call) -> Json:
    """Take one's own file away, also from the messages it is in."""
    file = _file(call)
    if file.user != call.app.bot_user_id:
        raise Refused("cant_delete_file")
    del call.state.files[file.id]
    call.state.pending.drop_file(file.id)
    call.state.contents.pop(file.id, None)
    for message in list(call.state.messages()):
        left = tuple(each for each in message.files if each.id != file.id)
        if len(left) < len(message.files):
            call.happened += call.state.rewrite(replace(message, files=left), call.now)
    event: Json = {"type": "file_deleted", "file_id": file.id, "event_ts": call.state.next_ts(call.now)}
    call.happened.append(Told(event))
    return {}


METHODS: dict[str, Method] = {
    "files.completeUploadExternal": complete_upload,
    "files.delete": delete,
    "files.getUploadURLExternal": get_upload_url,
    "files.info": info,
    "files.list": list_,
}
