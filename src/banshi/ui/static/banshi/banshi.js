// What pages do beyond plain HTML. Everything works without it; nothing here decides anything.
// Attributes that pages use: data-key, data-key-label, data-rows, data-wedge, data-busy, data-copy, data-print,
// data-max-bytes, data-focus; on a form data-upload (show a bar), data-repeat (a page stays after it, as for a download).

const words = () => document.getElementById("words").dataset;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const TYPING = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]";

// Only where JavaScript runs ------------------------------------------------------------------

function arrive(root = document) {
  for (const one of all("[data-print]", root)) one.hidden = false;
  if (navigator.clipboard) for (const one of all("[data-copy]", root)) one.hidden = false;
  if (shownKeys().length) for (const one of all("[data-show-keys]", root)) one.hidden = false;
  root.querySelector("[data-focus]")?.focus();
}

// Keyboard of the desks: data-key="a" presses or focuses its element; ? lists them -------------

const panel = () => document.getElementById("keys");
let cameFrom = null;

const keysOff = () => localStorage.getItem("keys") === "off";
const visible = (element) => element.getClientRects().length > 0;
const shownKeys = () => (panel() ? all("[data-key]").filter(visible) : []);

function nameOf(event) {
  const held = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  return held + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

function press(element) {
  if (element.matches(TYPING)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function moveRow(step) {
  const links = all("[data-rows] .row-link").filter(visible);
  const here = links.indexOf(document.activeElement);
  const open = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const from = here >= 0 ? here : open;
  links[Math.min(Math.max(from + step, 0), links.length - 1)]?.focus();
  return links.length > 0;
}

function showKeys() {
  const list = panel().querySelector("dl");
  const rows = [["?", panel().querySelector("h2").textContent]];
  if (all("[data-rows] .row-link").length) rows.push(["J K", document.querySelector("[data-rows] caption").textContent]);
  for (const one of shownKeys()) rows.push([one.dataset.key, one.dataset.keyLabel]);
  list.replaceChildren(
    ...rows.map(([key, label]) => {
      const row = document.createElement("div");
      const term = row.appendChild(document.createElement("dt"));
      term.appendChild(document.createElement("kbd")).className = "key";
      term.firstChild.textContent = key;
      row.appendChild(document.createElement("dd")).textContent = label;
      return row;
    }),
  );
  tellToggle();
  cameFrom = document.activeElement;
  panel().hidden = false;
  panel().focus();
}

function hideKeys() {
  panel().hidden = true;
  cameFrom?.focus();
}

function tellToggle() {
  const toggle = panel().querySelector("[data-toggle-keys]");
  toggle.textContent = keysOff() ? toggle.dataset.on : toggle.dataset.off;
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey || !panel()) return;
  const name = nameOf(event);
  if (name === "Escape" && !panel().hidden) return hideKeys();
  const typing = event.target.matches(TYPING);
  // A letter alone must never act while somebody types; with Ctrl it may.
  if ((typing && !name.startsWith("ctrl+")) || keysOff()) return;
  if (name === "?" && shownKeys().length) return panel().hidden ? showKeys() : hideKeys();
  // A card reader types: its first digit moves to the field that waits for it, and lands there.
  const wedge = document.querySelector("[data-wedge]");
  if (wedge && /^[0-9]$/.test(name)) return wedge.select();
  const inRows = event.target.matches("[data-rows] .row-link");
  const step = { j: 1, k: -1, ArrowDown: inRows && 1, ArrowUp: inRows && -1 }[name];
  if (step && moveRow(step)) return event.preventDefault();
  const box = inRows && event.target.closest("tr").querySelector("input[type=checkbox]");
  if (box && name === "x") return box.click();
  const wanted = shownKeys().find((one) => one.dataset.key.toLowerCase() === name.toLowerCase());
  if (!wanted) return;
  event.preventDefault();
  if (!event.repeat) press(wanted);
}

// Forms: sent once, and large files with a bar ------------------------------------------------

const sent = new WeakSet();
const faces = new WeakMap();

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-repeat")) return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  const button = event.submitter;
  if (button) {
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) {
      faces.set(button, [...button.childNodes]);
      button.replaceChildren(button.dataset.busy);
    }
  }
  const files = all("input[type=file]", form).some((input) => input.files.length);
  if (form.hasAttribute("data-upload") && files) {
    event.preventDefault();
    upload(form, button);
  }
}

function release(form) {
  sent.delete(form);
  for (const button of all("[aria-disabled=true]", form)) {
    button.removeAttribute("aria-disabled");
    if (faces.has(button)) button.replaceChildren(...faces.get(button));
  }
}

function upload(form, button) {
  const bar = document.createElement("progress");
  const line = document.createElement("p");
  line.className = "uploading";
  line.setAttribute("role", "status");
  line.append(words().sending, bar);
  bar.setAttribute("aria-label", words().sending);
  form.append(line);
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => {
    bar.max = event.total;
    bar.value = event.loaded;
  };
  request.onload = () => {
    const action = button?.formAction || form.action;
    if (request.responseURL && request.responseURL !== action) return location.assign(request.responseURL);
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = answer.title;
    document.getElementById("main").replaceWith(answer.getElementById("main"));
    arrive();
  };
  request.onerror = () => {
    line.replaceChildren(words().failed);
    release(form);
  };
  request.open("POST", button?.formAction || form.action);
  request.send(new FormData(form, button));
}

const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;

function onChange(event) {
  const input = event.target;
  if (!input.matches("input[type=file]")) return;
  const limit = Number(input.dataset.maxBytes) || Infinity;
  const tooBig = [...input.files].some((file) => file.size > limit);
  const chosen = [...input.files].map((file) => `${file.name} ${megabytes(file.size)}`);
  input.setCustomValidity(tooBig ? words().tooBig : "");
  const line = document.querySelector(`[data-chosen-for="${input.id}"]`);
  line.textContent = [...chosen, tooBig ? words().tooBig : ""].filter(Boolean).join("，");
  line.classList.toggle("error", tooBig);
}

// Buttons of our own --------------------------------------------------------------------------

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.querySelector("[role=status]").textContent = button.dataset.done;
}

function onClick(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) copy(button);
  else if (button.hasAttribute("data-print")) print();
  else if (button.hasAttribute("data-show-keys")) showKeys();
  else if (button.hasAttribute("data-hide-keys")) hideKeys();
  else if (button.hasAttribute("data-toggle-keys")) {
    localStorage.setItem("keys", keysOff() ? "on" : "off");
    tellToggle();
  }
}

document.addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit);
document.addEventListener("change", onChange);
document.addEventListener("click", onClick);
document.addEventListener("htmx:load", (event) => arrive(event.target));
// Coming back by the browser's back button finds the page as it was left: buttons must work again.
addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
arrive();
