"use strict";

// Which method of the document is to be called: found among its symbols, the one at the cursor first.

const SERVICES = new Set([/* Class */ 4, /* Interface */ 10, /* Module */ 1, /* Namespace */ 2]);
const METHODS = new Set([/* Method */ 5, /* Function */ 11]);

/**
 * `Service.Method` of every method among document symbols, each with the lines it stands on.
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

module.exports = { methods, nearestFirst };
