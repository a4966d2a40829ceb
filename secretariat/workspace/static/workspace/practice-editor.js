// The practice editor, made easier where scripts run. Without this file everything works: texts are
// typed with empty lines and "- " for lists, rows are added by saving, nothing is kept by itself.

const form = document.querySelector("[data-practice-editor]");
if (form) {
  const words = form.querySelector("template[data-words]").dataset;
  addLines(form, words);
  keepUnsaved(form);
  import(form.dataset.editor).then((tiptap) => {
    for (const box of form.querySelectorAll("textarea[data-rich]")) format(tiptap, box, words);
  });
}

// ── formatted texts ───────────────────────────────────────────────────────────────────────────

function format(tiptap, box, words) {
  const field = box.closest(".field");
  const label = field.querySelector("label");
  const frame = document.createElement("div");
  frame.className = "rich";
  const tools = document.createElement("div");
  tools.className = "rich__tools";
  tools.setAttribute("role", "toolbar");
  tools.setAttribute("aria-label", words.tools);
  const place = document.createElement("div");
  frame.append(tools, place);
  box.after(frame);

  const says = document.createElement("input");
  says.type = "hidden";
  says.name = `${box.name}-form`;
  says.value = "rich";
  box.after(says);

  if (label && !label.id) label.id = `${box.id}_label`;
  const named = { class: "rich__text prose", role: "textbox", "aria-multiline": "true", lang: box.lang };
  if (label) named["aria-labelledby"] = label.id;
  const described = box.getAttribute("aria-describedby");
  if (described) named["aria-describedby"] = described;

  const t = tiptap;
  const editor = new t.Editor({
    element: place,
    injectCSS: false,
    content: box.dataset.rich,
    editorProps: { attributes: named },
    extensions: [
      t.Document, t.Paragraph, t.Text, t.HardBreak, t.Bold, t.BulletList, t.OrderedList, t.ListItem, t.Blockquote,
      t.Heading.configure({ levels: [3, 4] }), t.History, t.Gapcursor,
      t.Link.configure({ openOnClick: false, autolink: true, protocols: ["http", "https", "mailto"] }),
    ],
    onUpdate: () => {
      box.value = editor.getText().trim() ? editor.getHTML() : "";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      refresh();
    },
    onSelectionUpdate: () => refresh(),
  });
  box.value = editor.getText().trim() ? editor.getHTML() : "";
  box.hidden = true;
  if (label) label.addEventListener("click", () => editor.commands.focus());

  const buttons = [
    ["B", words.bold, () => editor.chain().focus().toggleBold().run(), () => editor.isActive("bold")],
    ["H", words.heading, () => editor.chain().focus().toggleHeading({ level: 3 }).run(), () => editor.isActive("heading")],
    ["•", words.list, () => editor.chain().focus().toggleBulletList().run(), () => editor.isActive("bulletList")],
    ["1.", words.numbers, () => editor.chain().focus().toggleOrderedList().run(), () => editor.isActive("orderedList")],
    ["”", words.quote, () => editor.chain().focus().toggleBlockquote().run(), () => editor.isActive("blockquote")],
    ["↗", words.link, () => link(editor, words), () => editor.isActive("link")],
    ["↶", words.undo, () => editor.chain().focus().undo().run(), null],
    ["↷", words.redo, () => editor.chain().focus().redo().run(), null],
  ].map(([sign, name, act, active]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rich__tool";
    button.title = name;
    const shown = document.createElement("span");
    shown.setAttribute("aria-hidden", "true");
    shown.textContent = sign;
    button.setAttribute("aria-label", name);
    button.append(shown);
    button.addEventListener("click", act);
    tools.append(button);
    return [button, active];
  });

  function refresh() {
    for (const [button, active] of buttons) if (active) button.setAttribute("aria-pressed", String(active()));
  }
  refresh();
}

function link(editor, words) {
  if (editor.isActive("link")) return editor.chain().focus().unsetMark("link").run();
  const address = window.prompt(words.address, "https://");
  if (!address || !/^(https?:\/\/|mailto:)\S+$/.test(address.trim())) return editor.commands.focus();
  const href = address.trim();
  if (editor.state.selection.empty) {
    return editor.chain().focus().insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
  }
  return editor.chain().focus().setMark("link", { href }).run();
}

// ── lines of figures, contacts, sources ───────────────────────────────────────────────────────

function addLines(form, words) {
  for (const set of form.querySelectorAll("[data-rows]")) {
    const total = set.querySelector(`[name="${set.dataset.rows}-TOTAL_FORMS"]`);
    const most = Number(set.querySelector(`[name="${set.dataset.rows}-MAX_NUM_FORMS"]`).value);
    const empty = set.querySelector("template[data-empty-row]");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = words.add;
    button.addEventListener("click", () => {
      const number = Number(total.value);
      if (number >= most) return;
      const body = set.querySelector("tbody");
      const row = empty.content.cloneNode(true);
      for (const part of row.querySelectorAll("[name], [id], [for]")) {
        for (const name of ["name", "id", "for"]) {
          if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace("__prefix__", number));
        }
      }
      body.append(row);
      total.value = String(number + 1);
      body.lastElementChild.querySelector("input").focus();
    });
    set.append(button);
  }
}

// ── what is typed and not saved ───────────────────────────────────────────────────────────────

function keepUnsaved(form) {
  const status = form.querySelector("[data-unsaved-status]");
  let waiting = null;
  let saving = false;
  form.addEventListener("input", () => {
    if (waiting) clearTimeout(waiting);
    waiting = setTimeout(() => keep(false), 3000);
  });
  form.addEventListener("submit", () => {
    saving = true;
    if (waiting) clearTimeout(waiting);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting && !saving) keep(true);
  });

  // A request that outlives its page may carry 64 KB only; the regular ones carry any length.
  async function keep(leaving) {
    clearTimeout(waiting);
    waiting = null;
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(form.dataset.unsaved, {
        method: "POST", body: data, keepalive: leaving, redirect: "error",
      });
      status.textContent = answer.ok ? status.dataset.kept : status.dataset.failed;
    } catch {
      status.textContent = status.dataset.failed;
    }
  }
}
