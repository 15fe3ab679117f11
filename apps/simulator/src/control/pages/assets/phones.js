// Buttons and forms say which call of the control API they make; the page is fetched again and changed parts are put in.
const everyMs = 1500;
const notice = document.getElementById("notice");
let noticeTimer;

function tell(text) {
  clearTimeout(noticeTimer);
  notice.textContent = text;
  notice.classList.toggle("shown", text !== "");
  if (text !== "") noticeTimer = setTimeout(() => tell(""), 6000);
}

/** The control API answers in English, for programs. */
const reasons = {
  "phone-off": "電源が入っていません。",
  "no-app": "+メッセージ アプリが使えない状態です。",
  "no-message": "そのメッセージはこの電話にありません。",
  "no-button": "そのボタンはありません。",
  "no-url": "通知先の URL が登録されていないため、どこにも通知されません。",
  "not-shared": "共通番号ではないため、この番号には返信できません。",
};

const talk = () => document.getElementById("talk");

function toTheEnd() {
  const shown = talk();
  if (shown !== null) shown.scrollTop = shown.scrollHeight;
}

function isAtTheEnd() {
  const shown = talk();
  return shown === null || shown.scrollHeight - shown.scrollTop - shown.clientHeight < 40;
}

/** A carousel that was pushed to its third card stays there. */
function positionsIn(part) {
  const scrolled = [part, ...part.querySelectorAll("[data-keep-scroll]")];
  return scrolled.map((each) => [each.scrollLeft, each.scrollTop]);
}

function put(part, fresh) {
  const wasAtTheEnd = part.id === "talk" && isAtTheEnd();
  const positions = positionsIn(part);
  part.replaceWith(fresh);
  const scrolled = [fresh, ...fresh.querySelectorAll("[data-keep-scroll]")];
  scrolled.forEach((each, index) => {
    const [left, top] = positions[index] ?? [0, 0];
    each.scrollLeft = left;
    each.scrollTop = top;
  });
  if (wasAtTheEnd) toTheEnd();
}

/** Somebody is choosing from a list, or a film plays: what they have before them stays. */
function isInUse(part) {
  const select = document.activeElement;
  if (select instanceof HTMLSelectElement && part.contains(select)) return true;
  return [...part.querySelectorAll("audio, video")].some((media) => !media.paused && !media.ended);
}

async function refresh() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!response.ok) throw new Error(`シミュレーターの応答: ${response.status}`);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = next.getElementById(part.id);
    if (fresh === null || part.isEqualNode(fresh) || isInUse(part)) continue;
    put(part, document.importNode(fresh, true));
  }
}

async function act(element, extra) {
  const [method, path] = element.dataset.call.split(" ");
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...JSON.parse(element.dataset.body), ...extra }),
  });
  const answer = await response.json();
  const isDone = response.ok && answer.sent !== false;
  tell(isDone ? "" : (reasons[answer.reason] ?? answer.error ?? `シミュレーターの応答: ${response.status}`));
  await refresh();
  return isDone;
}

function attempt(work) {
  work.catch((error) => tell(`シミュレーターに届きません: ${error.message}`));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-call]");
  if (button === null) return;
  event.preventDefault();
  button.disabled = true;
  attempt(
    act(button, {}).finally(() => {
      button.disabled = false;
    }),
  );
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (!(target instanceof HTMLSelectElement) || target.dataset.select === undefined) return;
  target.blur();
  attempt(act(target, { [target.dataset.select]: target.value === "" ? null : target.value }));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.call === undefined) return;
  event.preventDefault();
  attempt(
    act(form, Object.fromEntries(new FormData(form))).then((isSent) => {
      if (!isSent) return;
      form.reset();
      toTheEnd();
    }),
  );
});

// A picture that cannot be fetched makes way for its name. Errors of pictures do not bubble, so they are caught on the way down.
document.addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLImageElement) event.target.classList.add("missing");
  },
  true,
);

async function loop() {
  if (!document.hidden) {
    try {
      await refresh();
      document.body.classList.remove("stale");
    } catch {
      document.body.classList.add("stale");
    }
  }
  setTimeout(loop, everyMs);
}

toTheEnd();
setTimeout(loop, everyMs);
