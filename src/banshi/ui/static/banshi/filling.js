// Forms that save as one goes: <form data-filling="name=value">. After a pause what stands in the form is sent with that pair;
// the answer is the page as it stands now, of which fields that appear, go or were computed are taken over. What somebody has
// typed or is typing is never touched. Without this file the buttons do the same.

const PAUSE = { input: 1500, change: 300 };
const CONTROLS = "input:not([type=hidden]), select, textarea";
const timers = new WeakMap();

function onEdit(event) {
  const form = event.target.closest("form[data-filling]");
  if (!form || event.target.type === "file" || event.target.closest("[hx-post]")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE[event.type]));
}

async function save(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.set(...form.dataset.filling.split("="));
  let fresh = null;
  try {
    const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body });
    if (answer.ok && !answer.redirected)
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-filling]");
  } catch {
    // told below
  }
  const line = form.querySelector("[data-saved]");
  if (line) line.textContent = fresh ? line.dataset.saved : line.dataset.unsaved;
  if (fresh && form.isConnected) take(form, fresh);
}

const fieldsOf = (root) => [...root.querySelectorAll("[data-field]")].filter((one) => !one.parentElement.closest("[data-field]"));
const byName = (root) => new Map(fieldsOf(root).map((one) => [one.dataset.field, one]));
// Nobody has typed into it, and nobody is about to.
const untouched = (one) =>
  !one.contains(document.activeElement) &&
  [...one.querySelectorAll(CONTROLS)].every((control) =>
    control.matches("[type=radio], [type=checkbox]")
      ? control.checked === control.defaultChecked
      : control.matches("select")
        ? [...control.options].every((option) => option.selected === option.defaultSelected || !option.value)
        : control.value === control.defaultValue,
  );

function take(form, fresh) {
  const wanted = byName(fresh);
  for (const [name, one] of byName(form))
    if (!wanted.has(name) && !one.contains(document.activeElement)) one.remove();
  const here = byName(form);
  let last = null;
  for (const [name, one] of wanted) {
    const old = here.get(name);
    if (old && untouched(old) && !old.isEqualNode(one)) {
      old.replaceWith(one);
      last = one;
    } else if (old) {
      last = old;
    } else {
      const room = one.closest("section");
      const known = room && fieldsOf(room).some((other) => here.has(other.dataset.field));
      if (room && !known && room.isConnected === false && last) {
        last.closest("section").after(room);
        for (const other of fieldsOf(room)) here.set(other.dataset.field, other);
      } else if (last) last.after(one);
      else fieldsOf(form)[0]?.before(one);
      here.set(name, one);
      last = one;
    }
  }
}

document.addEventListener("input", onEdit);
document.addEventListener("change", onEdit);
document.addEventListener("submit", (event) => clearTimeout(timers.get(event.target)));
