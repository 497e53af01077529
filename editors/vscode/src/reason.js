"use strict";

// Why the language server did not start, for people.

const INSTALL = "pip install 'kitexgen[lsp]'";

/**
 * @param {readonly string[]} commandLine what was started
 * @param {unknown} error what starting it failed with
 * @param {string} lastWords the end of its standard error
 */
function reason(commandLine, error, lastWords) {
  const shown = `\`${commandLine.join(" ")}\``;
  if (error?.code === "ENOENT") {
    return `kitexgen was not found (${shown}). Install it with: ${INSTALL}`;
  }
  const lines = lastWords.split("\n").filter((line) => line.trim() !== "");
  const said = lines.at(-1)?.trim() ?? String(error?.message ?? error);
  return `${shown} did not start. ${said}`;
}

module.exports = { reason };
