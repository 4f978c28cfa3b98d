/* Keyboard shortcuts and small helps of the desk's pages. Every page works without it. */
(() => {
  "use strict";

  const OFF = "desk-keys-off";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  const press = (key) => {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return false;
    if (target.matches("a")) target.click();
    else target.focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && event.target.form) {
      const send = event.target.form.querySelector("[data-sends]");
      if (send) send.click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]") || localStorage.getItem(OFF)) return;
    if (event.key === "?") {
      const keys = document.getElementById("desk-keys");
      if (keys) keys.showModal();
    } else if (!press(event.key)) return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    const copier = event.target.closest("[data-copies]");
    if (copier) {
      const field = document.getElementById(copier.dataset.copies);
      field.select();
      navigator.clipboard?.writeText(field.value);
    }
  });

  const off = document.getElementById(OFF);
  if (off) {
    off.checked = Boolean(localStorage.getItem(OFF));
    off.addEventListener("change", () => {
      if (off.checked) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    });
  }

  /* A canned response arrives: into an empty field, or below what is written already. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const field = document.getElementById(event.target.dataset.fills || "");
    if (!field || !event.detail.successful) return;
    const text = event.detail.xhr.responseText;
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${text}` : text;
    field.focus();
  });

  /* Two clicks are one: a form is sent once. */
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
