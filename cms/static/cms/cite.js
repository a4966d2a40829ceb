// Copying, where scripts run: buttons beside ready citations, and a ¶ beside each article that
// copies its permanent address. Without this file the words can be selected and the article
// numbers are links to the same addresses.

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copy(source.textContent.trim())) {
      said.textContent = button.dataset.done;
      button.classList.add("button--done");
      setTimeout(() => {
        button.classList.remove("button--done");
        said.textContent = "";
      }, 2000);
    } else {
      select(source);
    }
  });
}

// A convenience for the mouse: by keyboard, the number leads to the article and its citations.
const words = document.querySelector("template[data-permalink]");
if (words) {
  for (const number of document.querySelectorAll("a.legal__number")) {
    const mark = document.createElement("button");
    mark.type = "button";
    mark.className = "legal__permalink";
    mark.textContent = "¶";
    mark.tabIndex = -1;
    mark.setAttribute("aria-hidden", "true");
    mark.title = words.dataset.permalink;
    mark.addEventListener("click", async () => {
      if (await copy(number.href)) {
        mark.textContent = "✓";
        said.textContent = words.dataset.done;
        setTimeout(() => {
          mark.textContent = "¶";
          said.textContent = "";
        }, 2000);
      } else {
        location.href = number.href;
      }
    });
    number.parentElement.append(" ", mark);
  }
}
