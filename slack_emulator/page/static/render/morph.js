// Turns what an element shows into new HTML by changing only what differs: a reply that grows keeps its nodes, so nothing
// flickers and a selection in the part that stays is kept.

// `html` comes from the workspace's own renderer, which lets no tag or attribute of a message through.
export function morph(element, html, prepare = () => {}) {
  const template = document.createElement("template");
  template.innerHTML = html;
  prepare(template.content);
  morphChildren(element, template.content);
}

function morphChildren(old, wanted) {
  const children = [...wanted.childNodes];
  children.forEach((child, index) => {
    const present = old.childNodes[index];
    if (present && isAlike(present, child)) morphNode(present, child);
    else old.insertBefore(child, present ?? null);
  });
  while (old.childNodes.length > children.length) old.lastChild.remove();
}

function isAlike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName;
}

function morphNode(old, wanted) {
  if (old.nodeType === Node.TEXT_NODE) {
    morphText(old, wanted.data);
    return;
  }
  morphAttributes(old, wanted);
  morphChildren(old, wanted);
}

// Only from the first letter that differs: what stands before it stays selected.
function morphText(node, text) {
  if (node.data === text) return;
  let same = 0;
  while (same < text.length && node.data[same] === text[same]) same += 1;
  node.replaceData(same, node.data.length - same, text.slice(same));
}

// What the reader has opened stays open.
function morphAttributes(old, wanted) {
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}
