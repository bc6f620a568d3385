// Checks JSON against the types that Slack's packages ship: as TypeScript checks literals, missing, wrong and unknown
// properties alike. Reads [{what, module, type, value}] from a file, writes [{what, path, flaw}] of what does not fit.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const folder = process.env.NODE_PATH;
const items = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

// Enums are the strings they stand for: no JSON can hold a TypeScript enum.
const PLAIN = `
type Plain<T> = 0 extends 1 & T ? any
  : T extends string ? \`\${T}\`
  : T extends (infer Item)[] ? Plain<Item>[]
  : T extends object ? { [Name in keyof T]: Plain<T[Name]> }
  : T;
`;

// A message without a subtype is typed as one whose subtype is undefined, which JSON cannot say.
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${literal(inner)}`);
  if (value.type === "message" && !("subtype" in value) && "ts" in value && "channel_type" in value) {
    fields.push('"subtype":undefined');
  }
  return `{${fields.join(",")}}`;
}

const file = path.join(folder, "..", "checked.ts");
const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  types: ["node"],
  typeRoots: [path.join(folder, "@types")],
};

// Slack's declarations are parsed once, however often we look.
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
const parsed = new Map();
let source = "";
host.getSourceFile = (name, ...rest) => {
  if (name === file) return ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true);
  if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest));
  return parsed.get(name);
};
host.fileExists = (name) => name === file || fileExists(name);
host.readFile = (name) => (name === file ? source : readFile(name));

// Where in the literals a diagnostic is: "v3", then the names and numbers down to it.
function place(root, position) {
  const steps = [];
  const visit = (node) => {
    if (position < node.getStart() || position >= node.getEnd()) return;
    if (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) steps.push(node.name.text);
    if (node.parent && ts.isArrayLiteralExpression(node.parent)) steps.push(node.parent.elements.indexOf(node));
    ts.forEachChild(node, visit);
  };
  visit(root);
  return steps;
}

function look() {
  const lines = items.map(
    ({ module, type, value }, index) =>
      `export const v${index}: Plain<import(${JSON.stringify(module)}).${type}> = ${literal(value)};`,
  );
  source = `${PLAIN}\n${lines.join("\n")}\n`;
  const program = ts.createProgram([file], options, host);
  const root = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const flaw = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    const [name, ...steps] = diagnostic.file && diagnostic.file.fileName === file ? place(root, diagnostic.start) : [];
    return { item: name ? items[Number(name.slice(1))] : { what: "the types" }, steps, flaw };
  });
}

// The compiler names one unknown property of an object and then leaves that object: so it is taken away, and we look again.
function remove({ item, steps }) {
  const last = steps[steps.length - 1];
  const holder = steps.slice(0, -1).reduce((value, step) => value && value[step], item.value);
  if (holder && typeof last === "string") delete holder[last];
}

const found = new Map();
for (let fresh = true; fresh; ) {
  fresh = false;
  for (const difference of look()) {
    const { item, steps, flaw } = difference;
    const at = steps.filter((step) => typeof step === "string").join(".");
    found.set(`${item.what}: ${at}: ${flaw}`, { what: item.what, path: at, flaw });
    if (flaw.includes("may only specify known properties")) {
      remove(difference);
      fresh = true;
    }
  }
}
process.stdout.write(JSON.stringify([...found.values()]));
