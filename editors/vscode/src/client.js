"use strict";

// The language client. A server that does not start is told of once, in words that say what to do.

const { spawn } = require("node:child_process");

const vscode = require("vscode");
const { CloseAction, LanguageClient, State } = require("vscode-languageclient/node");

/** How long is waited for the last words of a server that ended, in milliseconds. */
const LAST_WORDS = 2000;

/** So much of what a server wrote to its standard error is kept, in characters: its last words say why it ended. */
const MOST_KEPT = 4000;

class Client extends LanguageClient {
  /**
   * @param {string[]} commandLine how the server is started
   * @param {string | undefined} folder where it is started
   * @param {object} options those of LanguageClient
   */
  constructor(commandLine, folder, options) {
    const handler = {
      error: (...all) => this.usual.error(...all),
      // One that never came up would not come up the next time either.
      closed: () => (this.wasUp ? this.usual.closed() : { action: CloseAction.DoNotRestart, handled: true }),
    };
    const start = () => this.spawn(commandLine, folder);
    super("kitexgen", "kitexgen", start, { ...options, errorHandler: handler, initializationFailedHandler: () => false });
    this.usual = this.createDefaultErrorHandler();
    this.wasUp = false;
    this.written = "";
    this.ended = Promise.resolve();
    this.onDidChangeState((change) => {
      this.wasUp ||= change.newState === State.Running;
    });
  }

  spawn([command, ...args], folder) {
    return new Promise((resolve, reject) => {
      const process = spawn(command, args, { cwd: folder, shell: false });
      process.once("spawn", () => resolve(process));
      process.once("error", reject);
      process.stderr.on("data", (data) => {
        this.written = (this.written + String(data)).slice(-MOST_KEPT);
      });
      this.ended = new Promise((end) => process.once("close", end));
    });
  }

  /** What a server that did not start wrote to its standard error; that comes later than the news that it is gone. */
  async lastWords() {
    await Promise.race([this.ended, new Promise((late) => setTimeout(late, LAST_WORDS))]);
    return this.written;
  }

  /** Until the server is up, its maker tells of what goes wrong: `start` fails then. */
  error(message, data, showNotification) {
    super.error(message, data, this.wasUp ? showNotification : false);
  }
}

/** The files of which the server is told. */
const SELECTOR = [{ language: "thrift" }, { language: "proto" }, { language: "toml", pattern: "**/kitexgen.toml" }];
const WATCHED = "**/{*.thrift,*.proto,kitexgen.toml,pyproject.toml}";

/** A client that is not started yet. */
function makeClient(commandLine, folder, settings, outputChannel) {
  return new Client(commandLine, folder, {
    documentSelector: SELECTOR,
    outputChannel,
    initializationOptions: settings,
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher(WATCHED) },
  });
}

module.exports = { makeClient };
