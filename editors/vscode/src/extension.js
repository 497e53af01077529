"use strict";

const vscode = require("vscode");
const { State } = require("vscode-languageclient/node");

const { makeClient } = require("./client");
const { methods, nearestFirst, notJson } = require("./methods");
const { program } = require("./program");
const { reason } = require("./reason");
const tasks = require("./tasks");

const SECTION = "kitexgen";
const SERVER_SETTINGS = [
  "includeDirs",
  "strict",
  "fieldIds",
  "lint",
  "debounce",
  "hintDefaults",
  "hintIds",
  "hintEnumNumbers",
  "regenerateOnSave",
];

/** How long it is said that a command is done, in milliseconds. */
const DONE_SHOWN = 5000;

/** @type {import("vscode-languageclient/node").LanguageClient | undefined} */
let client;
/** What starts and stops the server, one after the other. */
let turn = Promise.resolve();
/** What was asked for last, offered again: requests by method. */
const lastCall = { requests: new Map(), address: "127.0.0.1:8888" };

async function activate(context) {
  const output = vscode.window.createOutputChannel("kitexgen", { log: true });
  const status = vscode.window.createStatusBarItem("kitexgen.status", vscode.StatusBarAlignment.Left, 0);
  status.name = "kitexgen";
  status.command = "kitexgen.showOutput";
  context.subscriptions.push(output, status);

  const commands = {
    "kitexgen.generate": () => runTask("gen"),
    "kitexgen.check": () => runTask("check"),
    "kitexgen.call": callMethod,
    "kitexgen.showGenerated": () => goTo("kitexgen.openGenerated"),
    "kitexgen.showIdl": () => goTo("kitexgen.openIdl"),
    "kitexgen.restart": () => restart(output, status),
    "kitexgen.showOutput": () => output.show(),
  };
  for (const [name, command] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, command));
  }
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider(tasks.TYPE, tasks.provider(programOf)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.command`)) {
        return restart(output, status);
      }
      return change.affectsConfiguration(SECTION) ? tellSettings() : undefined;
    }),
  );
  await restart(output, status);
}

async function deactivate() {
  await stop();
}

function programOf(folder) {
  const configured = vscode.workspace.getConfiguration(SECTION, folder?.uri).get("command", []);
  return program(configured, folder?.uri.fsPath);
}

function serverSettings() {
  const settings = vscode.workspace.getConfiguration(SECTION);
  return Object.fromEntries(SERVER_SETTINGS.map((name) => [name, settings.get(name)]));
}

async function tellSettings() {
  if (client?.isRunning()) {
    await client.sendNotification("workspace/didChangeConfiguration", { settings: { [SECTION]: serverSettings() } });
  }
}

function restart(output, status) {
  turn = turn.then(stop).then(() => start(output, status));
  return turn;
}

async function stop() {
  if (client?.isRunning()) {
    await client.stop();
  }
}

async function start(output, status) {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const commandLine = [...programOf(folder), "lsp"];
  const mine = makeClient(commandLine, folder?.uri.fsPath, serverSettings(), output);
  client = mine;
  mine.onDidChangeState((change) => show(status, change.newState));
  show(status, State.Starting);
  status.show();
  try {
    await mine.start();
  } catch (error) {
    show(status, State.Stopped);
    // Not waited for: a message may stay unanswered for ever.
    void complain(reason(commandLine, error, await mine.lastWords()), output);
  }
}

async function complain(message, output) {
  const settings = "Open Settings";
  const details = "Show Output";
  const chosen = await vscode.window.showErrorMessage(message, settings, details);
  if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", `${SECTION}.command`);
  } else if (chosen === details) {
    output.show();
  }
}

function show(status, state) {
  const [icon, words] = {
    [State.Starting]: ["$(loading~spin)", "starting"],
    [State.Running]: ["$(check)", "running"],
    [State.Stopped]: ["$(error)", "stopped; click for its output"],
  }[state];
  status.text = `${icon} kitexgen`;
  status.tooltip = `kitexgen language server: ${words}`;
  const isStopped = state === State.Stopped;
  status.backgroundColor = isStopped ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
}

async function runTask(name) {
  const folder = folderAtHand();
  if (folder === undefined) {
    await vscode.window.showWarningMessage("kitexgen: open a folder first");
    return;
  }
  const run = await vscode.tasks.executeTask(tasks.task({ type: tasks.TYPE, task: name }, folder, programOf));
  const end = vscode.tasks.onDidEndTaskProcess((ended) => {
    if (ended.execution === run) {
      end.dispose();
      // What went wrong is in the Problems view, and the terminal came up.
      if (ended.exitCode === 0) {
        vscode.window.setStatusBarMessage(`$(check) kitexgen ${name}: done`, DONE_SHOWN);
      }
    }
  });
}

function folderAtHand() {
  const document = vscode.window.activeTextEditor?.document;
  const found = document && vscode.workspace.getWorkspaceFolder(document.uri);
  return found ?? vscode.workspace.workspaceFolders?.[0];
}

/** Whether the server answers; says so when it does not. */
function isUp() {
  if (client?.isRunning()) {
    return true;
  }
  void vscode.window.showWarningMessage("kitexgen: the language server does not run");
  return false;
}

/** Ask the server where the other side of what stands at the cursor is, and go there. */
async function goTo(command) {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isUp()) {
    return;
  }
  const { line, character } = editor.selection.active;
  const location = await client.sendRequest("workspace/executeCommand", {
    command,
    arguments: [editor.document.uri.toString(), { line, character }],
  });
  if (location) {
    const range = client.protocol2CodeConverter.asRange(location.range);
    await vscode.window.showTextDocument(vscode.Uri.parse(location.uri), { selection: range });
  }
}

/** `kitexgen call` in a terminal, its arguments asked for. */
async function callMethod() {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isUp()) {
    return;
  }
  const symbols = await vscode.commands.executeCommand("vscode.executeDocumentSymbolProvider", editor.document.uri);
  const found = nearestFirst(methods(symbols ?? []), editor.selection.active.line);
  if (found.length === 0) {
    await vscode.window.showInformationMessage("kitexgen: this file declares no method");
    return;
  }
  const method = await vscode.window.showQuickPick(
    found.map((each) => ({ label: each.name, description: each.takes.join(", ") })),
    { title: "Method to call" },
  );
  const request = method && (await askForRequest(method));
  const address = request && (await vscode.window.showInputBox({ title: "Address of the server", value: lastCall.address }));
  if (!address) {
    return;
  }
  lastCall.address = address;
  const folder = folderAtHand();
  const [command, ...before] = programOf(folder);
  const args = [...before, "call", editor.document.uri.fsPath, method.label, request, "--to", address];
  const definition = { type: tasks.TYPE, task: "call" };
  const call = new vscode.Task(
    definition,
    folder ?? vscode.TaskScope.Workspace,
    `call ${method.label}`,
    tasks.TYPE,
    new vscode.ProcessExecution(command, args, { cwd: folder?.uri.fsPath }),
  );
  call.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Shared, clear: true };
  await vscode.tasks.executeTask(call);
}

async function askForRequest({ label, description }) {
  const request = await vscode.window.showInputBox({
    title: `${label}: the request as JSON, or @FILE`,
    prompt: description && `It takes: ${description}.`,
    value: lastCall.requests.get(label) ?? "{}",
    validateInput: notJson,
  });
  if (request) {
    lastCall.requests.set(label, request);
  }
  return request;
}

module.exports = { activate, deactivate };
