// The check of a document where scripts run: files are read and hashed here, one after another, and
// only the SHA-256 is sent. Without this file the form sends the file, which the page says.

const form = document.querySelector("form[data-verify]");
if (form && window.isSecureContext && window.crypto?.subtle) {
  const { verify: address, most, reading, tooBig, unreadable, offline } = form.dataset;
  const input = form.querySelector("input[type=file]");
  const drop = document.getElementById("verify-drop");
  const section = document.getElementById("result");
  const results = document.getElementById("verify-results");
  const mine = document.getElementById("verify-stays");

  document.getElementById("verify-sent").hidden = true;
  document.getElementById("verify-send").hidden = true;
  mine.hidden = false;
  drop.hidden = false;
  input.setAttribute("aria-describedby", mine.id);
  input.multiple = true;
  form.classList.add("verify__file--here");

  // Nothing here may send the file: not the button, not the return key.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check([...input.files]);
  });
  input.addEventListener("change", () => check([...input.files]));
  for (const name of ["dragover", "dragenter"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("verify__file--over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("verify__file--over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("verify__file--over");
    check([...event.dataTransfer.files]);
  });
  // A file dropped beside the form would be opened instead of the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());

  let running = Promise.resolve();
  function check(files) {
    if (!files.length) return;
    running = running.then(() => checkAll(files));
  }

  async function checkAll(files) {
    section.hidden = false;
    results.replaceChildren();
    for (const file of files) {
      const part = document.createElement("div");
      part.className = "stack verify__one";
      const name = document.createElement("h3");
      name.textContent = file.name;
      const answer = document.createElement("div");
      answer.className = "stack";
      answer.textContent = reading;
      part.append(name, answer);
      results.append(part);
      await checkOne(file, answer);
    }
    input.value = "";
    section.scrollIntoView({ block: "nearest" });
  }

  async function checkOne(file, answer) {
    if (file.size > Number(most)) return say(answer, tooBig);
    let sha256;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    } catch {
      return say(answer, unreadable);
    }
    try {
      const response = await fetch(`${address}?sha256=${sha256}&part=result`);
      if (!response.ok) throw new Error(response.status);
      answer.innerHTML = await response.text();
    } catch {
      say(answer, offline);
    }
  }

  function say(place, words) {
    const notice = document.createElement("div");
    notice.className = "notice notice--danger";
    notice.dataset.verdict = "problem";
    const line = document.createElement("p");
    line.className = "notice__title";
    line.textContent = words;
    notice.append(line);
    place.replaceChildren(notice);
  }
}
