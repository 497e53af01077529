"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");

const { methods, nearestFirst, notJson } = require("../src/methods");
const { program } = require("../src/program");
const { reason } = require("../src/reason");

const nowhere = { platform: "linux", exists: () => false };

test("what the settings say goes first", () => {
  assert.deepEqual(program(["uv", "run", "kitexgen"], "/w", { ...nowhere, exists: () => true }), ["uv", "run", "kitexgen"]);
});

test("then the virtual environment of the folder", () => {
  const only = (wanted) => ({ platform: "linux", exists: (file) => file === wanted });
  assert.deepEqual(program([], "/w", only("/w/.venv/bin/kitexgen")), ["/w/.venv/bin/kitexgen"]);
  assert.deepEqual(program([], "/w", only("/w/venv/bin/kitexgen")), ["/w/venv/bin/kitexgen"]);
});

test("then the path, and always without a folder", () => {
  assert.deepEqual(program([], "/w", nowhere), ["kitexgen"]);
  assert.deepEqual(program([], undefined, { platform: "linux", exists: () => true }), ["kitexgen"]);
});

const range = (first, last) => ({ start: { line: first }, end: { line: last } });
const SYMBOLS = [
  { name: "User", kind: 22, range: range(0, 3), children: [{ name: "id", kind: 7, range: range(1, 1) }] },
  {
    name: "Users",
    kind: 10,
    range: range(5, 9),
    children: [
      {
        name: "Get",
        kind: 5,
        range: range(6, 6),
        children: [
          { name: "id", kind: 12, range: range(6, 6) },
          { name: "notFound", kind: 23, range: range(6, 6) },
        ],
      },
      { name: "Put", kind: 5, range: range(7, 8) },
    ],
  },
];

test("methods are named with their service", () => {
  assert.deepEqual(
    methods(SYMBOLS).map((method) => method.name),
    ["Users.Get", "Users.Put"],
  );
});

test("methods say what they take, not what they throw", () => {
  assert.deepEqual(
    methods(SYMBOLS).map((method) => method.takes),
    [["id"], []],
  );
});

test("a request is JSON, or the name of a file", () => {
  assert.equal(notJson('{"id": 7}'), undefined);
  assert.equal(notJson("@request.json"), undefined);
  assert.match(notJson('{"id": }'), /JSON/);
});

test("the method at the cursor is offered first", () => {
  const names = (line) => nearestFirst(methods(SYMBOLS), line).map((method) => method.name);
  assert.deepEqual(names(8), ["Users.Put", "Users.Get"]);
  assert.deepEqual(names(0), ["Users.Get", "Users.Put"]);
});

test("a server that is not there is to be installed", () => {
  const error = Object.assign(new Error("spawn kitexgen ENOENT"), { code: "ENOENT" });
  assert.equal(
    reason(["kitexgen", "lsp"], error, ""),
    "kitexgen was not found (`kitexgen lsp`). Install it with: pip install 'kitexgen[lsp]'",
  );
});

test("a server that ends at once has said why", () => {
  const said = "Traceback\n  more\nerror: the language server needs the package pygls\n\n";
  assert.equal(
    reason(["kitexgen", "lsp"], new Error("disposed"), said),
    "`kitexgen lsp` did not start. error: the language server needs the package pygls",
  );
  assert.equal(reason(["k"], new Error("spawn k EACCES"), "\n"), "`k` did not start. spawn k EACCES");
});
