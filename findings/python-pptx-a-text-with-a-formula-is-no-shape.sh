#!/usr/bin/env bash
# python-pptx 1.0.2: a text box is missing from `slide.shapes` as soon as somebody has put a formula into it.
#
# PowerPoint keeps such a box in two forms: the text with its formula for itself, and a picture of it for programs of before 2010. The
# library's list of shapes knows neither, so a program that reads a slide through it loses all words of the box, without a word; the
# slide's `element` has them.
#
# Seen:
#   shapes: ['Bubbles']; in the slide's XML: ['Bubbles', 'They rise by ', 'x=1']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-pptx==1.0.2
cat > "$folder/show.py" <<'PY'
from io import BytesIO

import pptx
from pptx.oxml import parse_xml
from pptx.util import Inches

OFFICE = "http://schemas.openxmlformats.org"
DRAWING, MATH = f"{OFFICE}/drawingml/2006/main", f"{OFFICE}/officeDocument/2006/math"
NEWER = "http://schemas.microsoft.com/office/drawing/2010/main"
PLACE = (Inches(1), Inches(1), Inches(3), Inches(1))

show = pptx.Presentation()
shapes = show.slides.add_slide(show.slide_layouts[6]).shapes
shapes.add_textbox(*PLACE).text_frame.text = "Bubbles"
box = shapes.add_textbox(*PLACE)
box.text_frame.text = "They rise by "
box.element.find(f".//{{{DRAWING}}}p").append(
    parse_xml(
        f'<a14:m xmlns:a14="{NEWER}" xmlns:m="{MATH}"><m:oMathPara><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></m:oMathPara></a14:m>'
    )
)
tree = box.element.getparent()
both = parse_xml(
    f'<mc:AlternateContent xmlns:mc="{OFFICE}/markup-compatibility/2006">'
    f'<mc:Choice xmlns:a14="{NEWER}" Requires="a14"/><mc:Fallback/></mc:AlternateContent>'
)
tree.append(both)
both[0].append(box.element)
file = BytesIO()
show.save(file)

slide = pptx.Presentation(BytesIO(file.getvalue())).slides[0]
listed = [shape.text_frame.text for shape in slide.shapes]
held = [text.text for text in slide.element.iter(f"{{{DRAWING}}}t", f"{{{MATH}}}t")]
print(f"shapes: {listed!r}; in the slide's XML: {held!r}", flush=True)
raise SystemExit(listed != ["Bubbles"] or held != ["Bubbles", "They rise by ", "x=1"])
PY
"$folder/venv/bin/python" "$folder/show.py"
