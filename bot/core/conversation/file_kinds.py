"""Tells what kind of thing a file is: by what is said of it, and by its first bytes, which have to agree."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.content_parts import FilePart


class FileKind(Enum):
    """Names what is read in one way each."""

    PDF = "pdf"
    WORD = "word"
    SHEET = "sheet"
    SLIDES = "slides"
    CSV = "csv"
    TEXT = "text"
    PICTURE = "picture"
    MEDIA = "media"  # sound and video
    UNKNOWN = "unknown"


ZIPPED = frozenset({FileKind.WORD, FileKind.SHEET, FileKind.SLIDES})
"""Kinds that are zip archives of XML."""
HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_TYPE = {
    "application/pdf": FileKind.PDF,
    f"{_OFFICE}wordprocessingml.document": FileKind.WORD,
    f"{_OFFICE}spreadsheetml.sheet": FileKind.SHEET,
    "application/vnd.ms-excel.sheet.macroenabled.12": FileKind.SHEET,
    f"{_OFFICE}presentationml.presentation": FileKind.SLIDES,
    "text/csv": FileKind.CSV,
    "text/tab-separated-values": FileKind.CSV,
    "image/png": FileKind.PICTURE,
    "image/jpeg": FileKind.PICTURE,
    "image/gif": FileKind.PICTURE,
    "image/webp": FileKind.PICTURE,
    "image/svg+xml": FileKind.TEXT,
}
_TEXT_ENDINGS = re.findall(
    r"\w+",
    "txt md rst log json jsonl xml yaml yml toml ini cfg conf env properties html htm css svg tex sql sh bash zsh ps1 bat "
    "py pyi ipynb js mjs cjs jsx ts tsx vue java kt kts scala groovy c h cc cpp hpp cs m mm go rs rb php pl lua r jl swift "
    "dart ex exs erl hs clj lisp el vim diff patch tf proto graphql gradle cmake mk dockerfile gitignore editorconfig ics "
    "vcf srt vtt eml",
)
_MEDIA_ENDINGS = re.findall(
    r"\w+", "mp3 m4a wav ogg oga opus flac aac wma mp4 m4v mov avi mkv webm mpg mpeg wmv 3gp"
)
_BY_ENDING = {
    "pdf": FileKind.PDF,
    "docx": FileKind.WORD,
    "xlsx": FileKind.SHEET,
    "xlsm": FileKind.SHEET,
    "pptx": FileKind.SLIDES,
    "csv": FileKind.CSV,
    "tsv": FileKind.CSV,
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp"), FileKind.PICTURE),
    **dict.fromkeys(_TEXT_ENDINGS, FileKind.TEXT),
    **dict.fromkeys(_MEDIA_ENDINGS, FileKind.MEDIA),
}
_TEXT_TYPES = ("json", "xml", "yaml", "javascript", "typescript", "toml", "sql", "x-sh", "x-httpd-php", "rtf")
_ANYTHING = ("", "application/octet-stream", "binary/octet-stream")

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16: text with zeros in it


def claimed_kind(file: FilePart) -> FileKind:
    """Returns what the file is said to be: by its type, and by its name where that does not say much."""
    kind = file.mimetype.partition(";")[0].strip().lower()
    ending = file.name.rpartition(".")[2].lower()
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if kind.startswith(("audio/", "video/")) and _BY_ENDING.get(ending) is not FileKind.TEXT:
        return FileKind.MEDIA  # .ts is a video to many, and a program to most
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if kind.startswith("text/") or (kind.startswith("application/") and kind.endswith(_TEXT_TYPES)):
        return FileKind.TEXT
    return FileKind.TEXT if kind in _ANYTHING and "." not in file.name else FileKind.UNKNOWN


def is_page(file: FilePart) -> bool:
    """Tells whether the file is said to be a page of HTML."""
    return "html" in file.mimetype or file.name.lower().endswith((".html", ".htm"))


def picture_type(head: bytes) -> str:
    """Returns the media type of a picture that a model may see, by its first bytes; "" for anything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((name for magic, name in _PICTURES.items() if head.startswith(magic)), "")


def is_locked(kind: FileKind, head: bytes) -> bool:
    """Tells whether a file of Office is wrapped as those with a password and those of before 2007 are."""
    return kind in ZIPPED and head.startswith(_OLD_OFFICE)


def contradicts(kind: FileKind, head: bytes) -> bool:
    """Tells whether the first bytes of a file are not of the `kind` that it is said to be."""
    if kind is FileKind.PDF:
        return b"%PDF-" not in head[:1024]
    if kind in ZIPPED:
        return not head.startswith(_ZIP)
    if kind is FileKind.PICTURE:
        return not picture_type(head)
    return (b"\0" in head and not head.startswith(_WIDE)) or head.startswith((b"%PDF-", _ZIP))
