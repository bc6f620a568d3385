// What a field holds, as the workspace is told: a string, a list where there may be several, null where there is nothing.

const MANY = /^(checkboxes|multi_)/;

export function valueOf(node) {
  const { kind } = node.dataset;
  const values = node.matches("form")
    ? [...node.querySelectorAll("input:checked")].map(({ value }) => value)
    : [node.value].filter((value) => value !== "");
  if (MANY.test(kind)) return values;
  if (!values.length) return null;
  return kind === "datetimepicker" ? String(Date.parse(`${values[0]}Z`) / 1000) : values[0];
}

export function isEmpty(node) {
  const value = valueOf(node);
  return value === null || (Array.isArray(value) && !value.length) || (typeof value === "string" && !value.trim());
}
