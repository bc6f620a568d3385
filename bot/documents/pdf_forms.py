"""Reads what people have filled into a PDF: the fields of its forms, and notes that were typed on a page.

Neither is in a page's text, which is what its author wrote; readers see no difference.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_WRITTEN = frozenset({raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX})
_TICKED = frozenset({raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON})
_SECRET = 1 << 13  # the flag of a field for a password (ISO 32000-1, table 228)
_NOTE = b"Contents"


def filled_in(form: Any, page: Any) -> Iterator[str]:
    """Yields a line for each filled field and each typed note of a page; `form` is None where the document has no fields."""
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        with _annotation(page, number) as annotation:
            line = _line(form, annotation)
        if line:
            yield line


@contextmanager
def _annotation(page: Any, number: int) -> Generator[Any]:
    annotation = raw.FPDFPage_GetAnnot(page, number)
    try:
        yield annotation
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _line(form: Any, annotation: Any) -> str:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind == raw.FPDF_ANNOT_FREETEXT:
        return _string(raw.FPDFAnnot_GetStringValue, annotation, _NOTE)
    if kind != raw.FPDF_ANNOT_WIDGET or form is None:
        return ""
    value = _value(form, annotation)
    return f"{_name(form, annotation)}: {value}" if value else ""


def _value(form: Any, annotation: Any) -> str:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _TICKED and raw.FPDFAnnot_IsChecked(form, annotation):
        return _string(raw.FPDFAnnot_GetFormFieldExportValue, form, annotation)
    if kind in _WRITTEN and not raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _SECRET:
        return _string(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    return ""


def _name(form: Any, annotation: Any) -> str:
    """Returns what a field is called to people; else what its form calls it."""
    shown = _string(raw.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    return shown or _string(raw.FPDFAnnot_GetFormFieldName, form, annotation)


def _string(fetch: Any, *subject: Any) -> str:
    """Returns a text that the library writes into memory of ours: first it is asked how long it is, in bytes."""
    size = fetch(*subject, None, 0)
    room = (raw.FPDF_WCHAR * (size // 2 + 1))()
    fetch(*subject, room, size)
    return ctypes.string_at(room, size).decode("utf-16-le", errors="replace").rstrip("\0").strip()
