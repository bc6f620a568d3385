#!/usr/bin/env bash
# python-calamine 0.9.1: a cell with an error, and a formula that no program has calculated yet, are read as empty cells.
#
# Both are common: `#DIV/0!` in a sheet that somebody filled in, and every formula of a file that a program has written (openpyxl writes
# none of their values). The rows come with "" in their places, like cells that hold nothing, and nothing else tells of them: a sum
# over the column is wrong without a word.
#
# Seen:
#   what the file holds: 1, #DIV/0!, =A1+1 (not calculated), nothing; what is read: [1.0, '', '', '']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5
cat > "$folder/show.py" <<'PY'
import io

import openpyxl
import python_calamine

book, out = openpyxl.Workbook(), io.BytesIO()
sheet = book.active
sheet["A1"], sheet["B1"], sheet["C1"], sheet["E1"] = 1, "#DIV/0!", "=A1+1", "end"
sheet["B1"].data_type = "e"
book.save(out)
out.seek(0)
(row,) = python_calamine.CalamineWorkbook.from_filelike(out).get_sheet_by_index(0).to_python()
print(f"what the file holds: 1, #DIV/0!, =A1+1 (not calculated), nothing; what is read: {row[:4]}", flush=True)
raise SystemExit(0 if row[:4] == [1.0, "", "", ""] else 1)
PY
"$folder/venv/bin/python" "$folder/show.py"
