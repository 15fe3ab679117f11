// Keeps a page fresh: fetches it again and puts in the parts that changed. Without it the page still works; it reloads.
const everyMs = Number(document.body.dataset.refresh);
const freshness = document.getElementById("freshness");

let freshAt = Date.now();

async function refresh() {
  const response = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual" });
  // Sent to the sign-in: the page must say so instead of showing old numbers as if they were new.
  if (response.type === "opaqueredirect") return "You are signed out: sign in again to see new numbers.";
  if (!response.ok) return `The console answers ${response.status}.`;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = next.getElementById(part.id);
    if (fresh && !part.isEqualNode(fresh)) part.replaceWith(document.importNode(fresh, true));
  }
  document.title = next.title;
  freshAt = Date.now();
  return null;
}

function tell(fault) {
  if (!freshness) return;
  const seconds = Math.round((Date.now() - freshAt) / 1000);
  document.body.classList.toggle("stale", fault !== null);
  freshness.textContent = fault === null ? "Live" : `${fault} These numbers are ${seconds} s old.`;
}

async function loop() {
  let fault = null;
  if (!document.hidden) {
    try {
      fault = await refresh();
    } catch {
      fault = "The console does not answer.";
    }
    tell(fault);
  }
  setTimeout(loop, fault === null ? everyMs : Math.max(everyMs, 5000));
}

if (everyMs > 0) {
  tell(null);
  setTimeout(loop, everyMs);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh().then(tell, () => tell("The console does not answer."));
  });
}

// A button that is pressed twice acts once.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) {
    setTimeout(() => {
      button.disabled = true;
    });
  }
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button:disabled:not([data-off])")) button.disabled = false;
});

// "Select all" of a list of check boxes.
for (const all of document.querySelectorAll("input[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });
}
