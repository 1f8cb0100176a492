// SPDX-License-Identifier: MIT
// Mounts the player on a page of its own: keys work everywhere, the address names the step.
(function () {
  "use strict";
  const data = document.getElementById("kss-data").textContent;
  if (!data) return;
  kssPlayer(document.getElementById("kss-player"), JSON.parse(data), { keys: document, link: window });
  document.getElementById("kss-static").hidden = true;
  document.getElementById("kss-report").open = false;
})();
