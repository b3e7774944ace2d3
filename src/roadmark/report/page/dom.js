// Elements are made here, and texts are only ever set as text: whatever a clip is called, it is never parsed as HTML.

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "text") node.textContent = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const byId = (id) => document.getElementById(id);

function chip(text, { pressed = false, disabled = false, title = null, kind = "", onclick }) {
  return element(
    "button",
    { class: `chip ${kind}`, "aria-pressed": String(pressed), disabled, title, onclick },
    text,
  );
}

function badge(text, kind = "", title = null) {
  return element("span", { class: `badge ${kind}`, title }, text);
}

function option(value, text, selected = false, disabled = false) {
  return element("option", { value, selected, disabled }, text);
}

function facts(rows) {
  const table = element("table", { class: "plain" });
  for (const [name, value] of rows) {
    const hash = /SHA-256/.test(name) || /SHA-256/.test(value);
    table.append(element("tr", {}, element("td", {}, name), element("td", { class: hash ? "hash" : "" }, value)));
  }
  return table;
}

const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

const words = (name) => name.replaceAll("_", " ");

function clockText(seconds) {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${(whole - 60 * minutes).toFixed(2).padStart(5, "0")}`;
}
