"use strict";

// Which method of the document is to be called: found among its symbols, the one at the cursor first.

const SERVICES = new Set([/* Class */ 4, /* Interface */ 10, /* Module */ 1, /* Namespace */ 2]);
const METHODS = new Set([/* Method */ 5, /* Function */ 11]);

const ARGUMENT = /* Variable */ 12;

/**
 * `Service.Method` of every method among document symbols, with what it takes and the lines it stands on.
 *
 * @param {ReadonlyArray<{ name: string, kind: number, range: any, children?: any[] }>} symbols
 */
function methods(symbols) {
  return symbols
    .filter((symbol) => SERVICES.has(symbol.kind))
    .flatMap((service) =>
      (service.children ?? [])
        .filter((child) => METHODS.has(child.kind))
        .map((child) => ({
          name: `${service.name}.${child.name}`,
          takes: (child.children ?? []).filter((each) => each.kind === ARGUMENT).map((each) => each.name),
          first: child.range.start.line,
          last: child.range.end.line,
        })),
    );
}

/** The same, the one around `line` first. */
function nearestFirst(found, line) {
  const isHere = (method) => method.first <= line && line <= method.last;
  return [...found.filter(isHere), ...found.filter((method) => !isHere(method))];
}

/** Why `request` cannot be sent; undefined when it can, or is the name of a file with `@` before it. */
function notJson(request) {
  if (request.startsWith("@")) {
    return undefined;
  }
  try {
    JSON.parse(request);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

module.exports = { methods, nearestFirst, notJson };
