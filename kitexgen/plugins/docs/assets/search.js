// The search box: "/" goes there, arrows choose, Enter opens, Escape leaves.
(() => {
  "use strict";
  const MOST = 20;
  const root = document.documentElement.dataset.root;
  const box = document.getElementById("search");
  const list = document.getElementById("results");
  const index = window.SEARCH_INDEX.map(([name, kind, href, place, said]) => ({
    name, kind, href, place, said, low: name.toLowerCase(), full: `${place}.${name}`.toLowerCase(),
  }));
  const ORDER = ["service", "method", "message", "struct", "union", "exception", "enum", "typedef", "const", "extension", "file", "field", "member"];
  let chosen = -1;

  // Smaller is better; null is no match. All words must be found.
  const score = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      if (entry.low === word) continue;
      else if (entry.low.startsWith(word)) sum += 1;
      else if (entry.low.includes(word)) sum += 3;
      else if (entry.full.includes(word)) sum += 4;
      else if (entry.said.toLowerCase().includes(word)) sum += 8;
      else return null;
    }
    return sum + ORDER.indexOf(entry.kind) / 100 + entry.name.length / 10000;
  };

  const find = (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return index
      .map((entry) => [score(entry, words), entry])
      .filter(([value]) => value !== null)
      .sort(([a], [b]) => a - b)
      .slice(0, MOST)
      .map(([, entry]) => entry);
  };

  const span = (text, name) => {
    const made = document.createElement("span");
    made.textContent = text;
    made.className = name;
    return made;
  };

  const item = (entry, at) => {
    const line = document.createElement("li");
    line.id = `result-${at}`;
    line.setAttribute("role", "option");
    const anchor = document.createElement("a");
    anchor.href = root + entry.href;
    anchor.tabIndex = -1;
    anchor.append(span(entry.kind, "kind"), span(entry.name, "name"), span(entry.place, "place"));
    anchor.addEventListener("click", close);
    line.append(anchor);
    return line;
  };

  const choose = (at) => {
    const lines = [...list.children].filter((line) => line.id);
    if (!lines.length) return;
    chosen = (at + lines.length) % lines.length;
    lines.forEach((line, each) => line.setAttribute("aria-selected", String(each === chosen)));
    box.setAttribute("aria-activedescendant", lines[chosen].id);
    lines[chosen].scrollIntoView({ block: "nearest" });
  };

  const open = () => {
    const text = box.value.trim();
    if (!text) return close();
    const found = find(text);
    const nothing = document.createElement("li");
    nothing.className = "nothing";
    nothing.textContent = `Nothing is called “${text}”`;
    list.replaceChildren(...(found.length ? found.map(item) : [nothing]));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    choose(0);
  };

  function close() {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  box.addEventListener("input", open);
  box.addEventListener("focus", open);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") list.querySelector('[aria-selected="true"] a')?.click();
    else if (event.key === "Escape") box.blur(), close();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".search")) close();
  });
})();
