// Keeps the page as the emulator is: replaces what changed and nothing else.
(() => {
  const frame = document.querySelector("[data-feed]");
  const list = document.getElementById("messages");
  const scroller = document.querySelector(".scroll");
  const live = document.getElementById("live");
  const down = document.querySelector(".down");
  const menu = document.querySelector(".menu");
  const NEAR_PX = 60;
  // The channel's readers have a language; where none is known, times are in that of this browser.
  const times = scroller.dataset.language ? slackTimeIn(scroller.dataset.language) : slackTime;

  const built = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };
  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
  const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; down.hidden = true; };

  // What the reader opened, closed or stands on stays so when its element is replaced.
  const focusable = (element) => [...element.querySelectorAll("a, summary, button")];
  const refill = (element, html) => {
    const folds = [...element.querySelectorAll("details[data-fold]")];
    const opened = new Map(folds.map((fold) => [fold.dataset.fold, fold.open]));
    const focused = focusable(element).indexOf(document.activeElement);
    element.replaceChildren(built(html));
    times.show(element);
    for (const fold of element.querySelectorAll("details[data-fold]")) {
      if (opened.has(fold.dataset.fold)) fold.open = opened.get(fold.dataset.fold);
    }
    if (focused >= 0) (focusable(element)[focused] ?? scroller).focus({ preventScroll: true });
  };
  const ownPart = (article) => article.querySelector(":scope > .own")?.innerHTML;
  const contents = (entry) => new Map([...entry.querySelectorAll("article")].map((one) => [one.dataset.ts, ownPart(one)]));
  const flashChanged = (entry, before) => {
    for (const article of entry.querySelectorAll("article")) {
      if (before.get(article.dataset.ts) !== ownPart(article)) article.querySelector(":scope > .own").classList.add("flash");
    }
  };
  const place = (key, message, flash) => {
    const id = `m${key}`;
    let entry = document.getElementById(id);
    if (entry?.dataset.version === message.version) return;
    entry ??= Object.assign(document.createElement("li"), { id });
    const before = contents(entry);
    refill(entry, message.html);
    entry.dataset.version = message.version;
    if (flash) flashChanged(entry, before);
    if (!entry.isConnected) list.append(entry);
  };
  const arrange = (order) => {
    const wanted = new Set(order.map((key) => `m${key}`));
    for (const entry of [...list.children]) if (!wanted.has(entry.id)) entry.remove();
    order.forEach((key, at) => {
      const entry = document.getElementById(`m${key}`);
      if (entry && list.children[at] !== entry) list.insertBefore(entry, list.children[at] ?? null);
    });
  };

  const SEEN = "alert-router-seen";
  const stored = () => { try { return JSON.parse(sessionStorage.getItem(SEEN)); } catch { return null; } };
  // A channel that was there when the page was first opened counts as seen; a later one is news.
  const markUnread = (first) => {
    const seen = stored() ?? {};
    for (const link of document.querySelectorAll("#sidebar a")) {
      const path = link.getAttribute("href");
      if (first || link.ariaCurrent) seen[path] = Number(link.dataset.changes);
      link.classList.toggle("unread", Number(link.dataset.changes) > (seen[path] ?? 0));
    }
    try { sessionStorage.setItem(SEEN, JSON.stringify(seen)); } catch { /* then nothing is remembered */ }
  };

  const apply = (update) => {
    const follow = atEnd();
    const count = list.children.length;
    document.title = update.title;
    for (const [id, piece] of Object.entries(update.pieces)) {
      const element = document.getElementById(id);
      if (element.dataset.version === piece.version) continue;
      refill(element, piece.html);
      element.dataset.version = piece.version;
    }
    for (const [key, message] of Object.entries(update.messages)) place(key, message, true);
    arrange(update.order);
    times.days(list);
    markUnread(false);
    if (follow) toEnd();
    else if (list.children.length > count) down.hidden = false;
  };

  // Events while they come; without them, a request once a second.
  let polling = null;
  const showState = (state, words) => { live.dataset.state = state; live.textContent = words; };
  const changes = async () => {
    const answer = await fetch(`${frame.dataset.feed}?once=1`);
    return answer.ok ? answer.json() : null;
  };
  const poll = async () => {
    const update = await changes().catch(() => null);
    if (polling === null) return; // meanwhile events came, which are newer
    if (update) apply(update);
    showState(...(update ? ["polling", "live, each second"] : ["lost", "no connection"]));
  };
  const startPolling = () => { polling ??= setInterval(poll, 1000); };
  const listen = () => {
    if (!window.EventSource) return startPolling();
    const source = new EventSource(frame.dataset.feed);
    source.onmessage = (event) => {
      clearInterval(polling);
      polling = null;
      showState("live", "live");
      apply(JSON.parse(event.data));
    };
    source.onerror = () => {
      showState("lost", "connecting …");
      startPolling();
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
  };

  const THEMES = ["auto", "light", "dark"];
  const button = document.getElementById("theme");
  const choose = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    button.dataset.theme = theme;
    try { localStorage.setItem("alert-router-theme", theme); } catch { /* asked again next time */ }
  };
  const remembered = () => { try { return localStorage.getItem("alert-router-theme"); } catch { return null; } };
  button.hidden = false;
  button.onclick = () => choose(THEMES[(THEMES.indexOf(button.dataset.theme) + 1) % THEMES.length]);
  choose(document.documentElement.dataset.theme ?? remembered() ?? "auto");

  // On a narrow screen the messages come first; the channels are a tap away.
  const fold = (folded) => {
    frame.classList.toggle("folded", folded);
    menu.ariaExpanded = String(!folded);
  };
  menu.hidden = false;
  menu.onclick = () => fold(!frame.classList.contains("folded"));
  fold(true);

  // Alt and an arrow lead to the next channel, as in Slack.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    const links = [...document.querySelectorAll("#sidebar a")];
    const next = links[links.findIndex((link) => link.ariaCurrent) + step];
    if (next) { event.preventDefault(); location.assign(next.href); }
  });
  scroller.addEventListener("scroll", () => { if (atEnd()) down.hidden = true; }, { passive: true });
  down.onclick = toEnd;
  markUnread(stored() === null);
  toEnd();
  listen();
})();
