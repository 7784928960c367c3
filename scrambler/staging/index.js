"use strict";
// Filters the children that stand in this page. What it shows is set as text, never as markup.
const children = JSON.parse(document.getElementById("children").textContent);
const form = document.getElementById("filters");
const body = document.querySelector("#list tbody");
const said = document.getElementById("said");
const SHOWN = 100;
let first = 0;

function wanted(child) {
  const [id, state, , reasons, characters, error, , folder] = child;
  const text = form.search.value.trim().toLowerCase();
  return (!text || id.toLowerCase().includes(text)) &&
    (!form.state.value || state === form.state.value) &&
    (!form.reason.value || reasons.split(", ").includes(form.reason.value)) &&
    characters >= Number(form.least.value || 0) &&
    (!form.errors.checked || error) && (!form.pages.checked || folder !== null);
}

function cell(row, text, name) {
  const made = document.createElement(name || "td");
  made.textContent = text;
  row.append(made);
  return made;
}

function show() {
  const found = children.filter(wanted);
  const rows = found.slice(first, first + SHOWN).map(([id, state, status, reasons, characters, error, sent, folder]) => {
    const row = document.createElement("tr");
    const head = cell(row, folder === null ? id : "", "th");
    head.scope = "row";
    if (folder !== null) {
      const link = document.createElement("a");
      link.href = `children/${String(folder).padStart(3, "0")}/${encodeURIComponent(id)}.html`;
      link.textContent = id;
      head.append(link);
    }
    cell(row, state);
    cell(row, status + (sent ? " (would be sent)" : ""));
    cell(row, reasons);
    cell(row, characters.toLocaleString("en-GB")).className = "n";
    cell(row, error ? "error" : "");
    return row;
  });
  body.replaceChildren(...rows);
  const last = Math.min(first + SHOWN, found.length);
  said.textContent = `${found.length.toLocaleString("en-GB")} children found; ` +
    (found.length ? `${(first + 1).toLocaleString("en-GB")} to ${last.toLocaleString("en-GB")} shown.` : "none shown.");
  form.earlier.disabled = first === 0;
  form.further.disabled = last === found.length;
}

form.addEventListener("input", () => { first = 0; show(); });
form.addEventListener("submit", (event) => event.preventDefault());
form.earlier.addEventListener("click", () => { first = Math.max(0, first - SHOWN); show(); });
form.further.addEventListener("click", () => { first += SHOWN; show(); });
form.hidden = false;
show();
