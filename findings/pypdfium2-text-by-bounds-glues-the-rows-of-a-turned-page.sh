#!/usr/bin/env bash
# pypdfium2 5.15.2: on a page that is turned, `get_text_bounded()` glues the rows of a table, and changes what its numbers say.
#
# A landscape page that is stored upright with `/Rotate 90`, as printers and spreadsheets write them, has three rows: "Item Price",
# "2 Pears 20" and "3 Plums 30". `get_text_range()` keeps the line breaks between them; `get_text_bounded()`, the call that the
# package's README names for a page's whole text, loses one, so that "20" and "3" become one number.
#
# Seen:
#   by range: 'Item Price\r\n2 Pears 20\r\n3 Plums 30'; by bounds: 'Item Price\r\n2 Pears 203 Plums 30'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypdfium2==5.15.2
cat > "$folder/show.py" <<'PY'
import pypdfium2

# Each line is drawn upwards, which is from left to right once the page has been turned.
ROWS = ("Item Price", "2 Pears 20", "3 Plums 30")
DRAWN = "\n".join(
    f"BT /F1 12 Tf 0 1 -1 0 {100 + 20 * number} 100 Tm ({row}) Tj ET" for number, row in enumerate(ROWS)
)
THINGS = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    "<< /Type /Page /Parent 2 0 R /Rotate 90 /MediaBox [0 0 612 792] /Contents 5 0 R "
    "/Resources << /Font << /F1 3 0 R >> >> >>",
    f"<< /Length {len(DRAWN)} >>\nstream\n{DRAWN}\nendstream",
)
out, places = b"%PDF-1.4\n", []
for number, thing in enumerate(THINGS, 1):
    places.append(len(out))
    out += f"{number} 0 obj\n{thing}\nendobj\n".encode()
table = b"".join(b"%010d 00000 n \n" % place for place in places)
end = f"trailer << /Size {len(THINGS) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(THINGS) + 1) + table + end
text = pypdfium2.PdfDocument(out)[0].get_textpage()
ranged, bounded = text.get_text_range(), text.get_text_bounded()
print(f"by range: {ranged!r}; by bounds: {bounded!r}", flush=True)
raise SystemExit(0 if "203" in bounded and "203" not in ranged else 1)
PY
"$folder/venv/bin/python" "$folder/show.py"
