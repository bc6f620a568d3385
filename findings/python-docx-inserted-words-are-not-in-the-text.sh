#!/usr/bin/env bash
# python-docx 1.2.0: words that somebody has inserted or moved with "track changes" on are in no `paragraph.text`.
#
# A reader sees them, and what was deleted struck out. The library leaves both out, and gives a sentence that says something else than
# either version did; `iter_inner_content()` and `runs` have no more of it.
#
# Seen:
#   the reader sees 'We do not pay.'; paragraph.text 'We pay.'; runs ['We ', 'pay.']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-docx==1.2.0
cat > "$folder/show.py" <<'PY'
from io import BytesIO

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

letter = docx.Document()
paragraph = letter.add_paragraph("We ")
paragraph._p.append(
    parse_xml(
        f'<w:ins {nsdecls("w")} w:id="1" w:author="Grace" w:date="2026-01-05T12:00:00Z">'
        '<w:r><w:t xml:space="preserve">do not </w:t></w:r></w:ins>'
    )
)
paragraph.add_run("pay.")
file = BytesIO()
letter.save(file)

[read] = docx.Document(BytesIO(file.getvalue())).paragraphs
seen = "".join(text.text for text in read._p.iter(qn("w:t")))
runs = [run.text for run in read.runs]
print(f"the reader sees {seen!r}; paragraph.text {read.text!r}; runs {runs!r}", flush=True)
raise SystemExit((seen, read.text, runs) != ("We do not pay.", "We pay.", ["We ", "pay."]))
PY
"$folder/venv/bin/python" "$folder/show.py"
