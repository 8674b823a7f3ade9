// Everything here makes screens quicker to use; none of it is needed to use them.
import htmx from "htmx.org";
import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { startTimes } from "./times.js";

htmx.config.history = false; // each screen is its own address; nothing to snapshot
htmx.config.includeIndicatorCSS = false;

const on = (kind, selector, act) =>
  document.addEventListener(kind, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) act(event, found);
  });

// A form is sent once: the second click of a double click does nothing.
on("submit", "form[data-once]", (event, form) => {
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000); // when the answer never comes, let people try again
});

// Filters apply as they change.
on("change", "form[data-filter] select, form[data-filter] input[type=checkbox]", (_, field) => field.form.requestSubmit());

// A statement is sent by ctrl-enter, wherever the cursor stands in it.
on("keydown", "textarea[data-sends]", (event, field) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  field.form.requestSubmit();
});

// Danger is armed only when the name was typed.
const arm = (form) => {
  const button = form.querySelector("button[type=submit]");
  const typed = form.querySelector("[name=confirm]");
  if (button && typed) button.disabled = typed.value.trim() !== form.dataset.confirm;
};
on("input", "form[data-confirm] [name=confirm]", (_, field) => arm(field.form));

// Copy buttons.
on("click", "[data-copy]", async (_, button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(document.body.dataset.copied);
  } catch { /* a page without https may not copy; the text can still be marked */ }
});

// The theme and language switch without leaving the screen. The cookie is set by the form's own answer.
on("submit", "form[data-look]", (event, form) => {
  const pressed = event.submitter;
  if (pressed?.name !== "theme") return;
  event.preventDefault();
  document.documentElement.dataset.theme = pressed.value;
  for (const other of form.querySelectorAll("[name=theme]")) other.setAttribute("aria-pressed", other === pressed);
  const body = new URLSearchParams(new FormData(form));
  body.set("theme", pressed.value);
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }); // also when the screen is left at once
});

// The row of a table opens like its link.
on("click", "tr[data-href]", (event, row) => {
  if (event.target.closest("a, button, input, select, label, summary") || getSelection()?.toString()) return;
  if (event.metaKey || event.ctrlKey) return void window.open(row.dataset.href, "_blank", "noopener");
  location.assign(row.dataset.href);
});

// A dialog opens on its first field, not on its close button.
document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches("dialog.dialog")) event.target.querySelector("form input:not([type=hidden]), form textarea, form select")?.focus();
}, true);

/** Shows a short text and has it read out. */
export const say = (text) => {
  const toast = document.getElementById("toast");
  if (!toast || !text) return;
  toast.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (toast.textContent = ""), 4000);
};

const wake = (root = document) => {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  for (const form of root.querySelectorAll("form[data-confirm]")) arm(form);
  for (const button of root.querySelectorAll("form[data-filter] > button[type=submit]")) button.classList.add("hide");
};

wake();
document.addEventListener("htmx:after:swap", () => wake());
document.querySelector("[data-focus]")?.focus();
if (document.getElementById("toast")?.textContent.trim()) {
  setTimeout(() => (document.getElementById("toast").textContent = ""), 6000);
}
startTimes();
startKeys();
startLive(htmx, wake);
