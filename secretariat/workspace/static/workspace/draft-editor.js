// The editor of a draft, made easier where scripts run: what is typed is kept by itself and the
// provision is held meanwhile, leaving with unsaved words asks first, and keys lead on. Without
// this file everything works: one saves, and holds a provision by a button.

const form = document.querySelector("[data-draft-editor]");
if (form) {
  const status = form.querySelector("[data-status]");
  if (status) keep(form, status);
  keys(form);
}

function keep(form, status) {
  let waiting = null;
  let dirty = form.hasAttribute("data-typed");
  let kept = !dirty;
  let held = false;
  let saving = false;

  form.addEventListener("input", (event) => {
    if (event.target.name === "reason" || event.target.name === "same") return;
    const first = !dirty;
    dirty = true;
    kept = false;
    clearTimeout(waiting);
    waiting = setTimeout(() => send(false), first ? 300 : 2500);
  });
  form.addEventListener("submit", () => {
    saving = true;
    clearTimeout(waiting);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty && !kept && !saving) send(true);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !kept && !saving) event.preventDefault();
  });
  // Who is at work keeps the provision: renewed well before its ten minutes are over.
  setInterval(() => {
    if (dirty && held && !saving && document.visibilityState === "visible") send(false);
  }, 4 * 60 * 1000);

  // Links that stay on this draft wait until what was typed is kept.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !dirty || kept || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    await send(false);
    window.location.assign(link.href);
  });

  // A request that outlives its page may carry 64 KB only; the regular ones carry any length.
  async function send(leaving) {
    clearTimeout(waiting);
    waiting = null;
    kept = true;
    try {
      const answer = await fetch(form.dataset.unsaved, {
        method: "POST", body: new FormData(form), keepalive: leaving, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      held = said.mine;
      status.textContent = said.lock;
      status.classList.toggle("draft-form__warning", !said.mine);
    } catch {
      kept = false;
      status.textContent = status.dataset.failed;
    }
  }
}

function keys(form) {
  const hint = document.querySelector("[data-keys]");
  if (hint) hint.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.altKey && (event.key === "PageDown" || event.key === "PageUp")) {
      const link = document.querySelector(`a[rel="${event.key === "PageDown" ? "next" : "prev"}"]`);
      if (!link) return;
      event.preventDefault();
      link.click();
    } else if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      const save = form.querySelector('button[value="save"]');
      if (!save) return;
      event.preventDefault();
      save.click();
    }
  });
}
