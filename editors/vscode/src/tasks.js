"use strict";

const vscode = require("vscode");

const TYPE = "kitexgen";
/** Findings at a place, and those of a whole file. */
const PROBLEMS = ["$kitexgen", "$kitexgen-file"];
const TASKS = {
  gen: { args: ["gen"], group: vscode.TaskGroup.Build, matcher: PROBLEMS },
  check: { args: ["gen", "--check"], group: vscode.TaskGroup.Test, matcher: PROBLEMS },
  lint: { args: ["lint"], group: vscode.TaskGroup.Test, matcher: PROBLEMS },
  fmt: { args: ["fmt"], matcher: PROBLEMS },
  watch: { args: ["watch", "--log"], group: vscode.TaskGroup.Build, matcher: ["$kitexgen-watch", "$kitexgen-file"], isBackground: true },
};

/**
 * A task of one kitexgen command.
 *
 * @param {vscode.TaskDefinition} definition `task` is a key of TASKS, `args` are further arguments
 * @param {vscode.WorkspaceFolder} folder
 * @param {(folder: vscode.WorkspaceFolder) => string[]} programOf
 */
function task(definition, folder, programOf) {
  const kind = TASKS[definition.task];
  if (kind === undefined) {
    return undefined;
  }
  const [command, ...before] = programOf(folder);
  const execution = new vscode.ProcessExecution(command, [...before, ...kind.args, ...(definition.args ?? [])], {
    cwd: folder.uri.fsPath,
  });
  const made = new vscode.Task(definition, folder, definition.task, TYPE, execution, kind.matcher);
  made.group = kind.group;
  made.isBackground = kind.isBackground ?? false;
  made.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
  return made;
}

/** @param {(folder: vscode.WorkspaceFolder) => string[]} programOf */
function provider(programOf) {
  return {
    provideTasks: () =>
      (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
        Object.keys(TASKS).map((name) => task({ type: TYPE, task: name }, folder, programOf)),
      ),
    resolveTask: (given) =>
      given.scope !== undefined && typeof given.scope === "object"
        ? task(given.definition, given.scope, programOf)
        : undefined,
  };
}

module.exports = { TYPE, provider, task };
