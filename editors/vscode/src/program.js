"use strict";

// How kitexgen is started: what the settings say, else the one of the folder's virtual environment, else the PATH.

const fs = require("node:fs");
const path = require("node:path");

const ENVIRONMENTS = [".venv", "venv"];

/**
 * The command line that starts kitexgen in `folder`, its arguments to come.
 *
 * @param {readonly string[]} configured the setting `kitexgen.command`
 * @param {string | undefined} folder the workspace folder, if there is one
 * @param {{ platform?: string, exists?: (file: string) => boolean }} [system]
 * @returns {string[]}
 */
function program(configured, folder, { platform = process.platform, exists = fs.existsSync } = {}) {
  if (configured.length > 0) {
    return [...configured];
  }
  const place = platform === "win32" ? ["Scripts", "kitexgen.exe"] : ["bin", "kitexgen"];
  for (const environment of folder === undefined ? [] : ENVIRONMENTS) {
    const file = path.join(folder, environment, ...place);
    if (exists(file)) {
      return [file];
    }
  }
  return ["kitexgen"];
}

module.exports = { program };
