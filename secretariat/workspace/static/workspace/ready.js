// Says what this browser can do; without scripts the line stays as the server wrote it.
"use strict";
const line = document.getElementById("browser-check");
if (line) {
  const able = window.isSecureContext && "PublicKeyCredential" in window && "subtle" in window.crypto;
  line.textContent = able ? line.dataset.well : line.dataset.missing;
}
