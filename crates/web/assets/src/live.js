// Live parts: the server says which ids changed; the screen fetches itself and swaps what is marked.
// Focus, typed text, open details and scroll positions stay, because only differing nodes are touched (morph).

const QUIET = 400; // several facts of one moment become one fetch
const OFTEN = 30000; // a panel whose numbers move without a fact (people per minute) says so with [data-often]

export const startLive = (htmx, wake) => {
  const main = document.querySelector("main[data-topics]");
  const panels = () => [...document.querySelectorAll("[data-panel]")];
  const topicsOf = (node) => (node.dataset.topics || "").split(",").filter(Boolean);
  const all = () => [...new Set([...(main ? topicsOf(main) : []), ...panels().flatMap(topicsOf)])];
  if (!main || !all().length || !window.EventSource) return;

  const note = document.getElementById("stale");
  let source, timer, since, waiting = new Set();

  const stale = (is) => {
    if (!note) return;
    if (is && !since) since = new Date();
    if (!is) since = undefined;
    note.hidden = !is;
    if (is) note.querySelector("time").textContent = since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  };

  const busy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
    || part.querySelector("dialog[open], :popover-open");

  const swap = async (part, fresh) => {
    if (busy(part) || part.outerHTML === fresh.outerHTML) return;
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    await htmx.swap({ text: fresh.outerHTML, target: part, swap: "outerMorph" });
    const now = document.getElementById(fresh.id);
    now?.querySelectorAll("details").forEach((one, at) => (one.open = open[at] ?? one.open));
    if (now) wake(now);
  };

  const page = async (address) => {
    const answer = await fetch(address, { headers: { accept: "text/html", "hx-request": "true" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const refresh = async () => {
    const told = waiting;
    waiting = new Set();
    const hit = (node) => told.has("*") || topicsOf(node).some((topic) => told.has(topic));
    try {
      if (hit(main)) {
        const fresh = await page(location.href);
        for (const part of document.querySelectorAll("[data-live][id]")) {
          const found = fresh.getElementById(part.id);
          if (found) await swap(part, found);
        }
      }
      const due = (panel) => hit(panel) || (told.has("often") && panel.querySelector("[data-often]"));
      for (const panel of panels().filter(due)) {
        const found = (await page(panel.dataset.panel)).querySelector("[data-panel]");
        if (found) await swap(panel, found);
      }
      stale(false);
    } catch {
      stale(true);
    }
  };

  const soon = (ids) => {
    ids.forEach((id) => waiting.add(id));
    clearTimeout(timer);
    timer = setTimeout(refresh, QUIET);
  };

  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(`/live?topics=${encodeURIComponent(all().join(","))}`);
    source.addEventListener("ready", () => since && soon(["*"]));
    source.addEventListener("change", (event) => soon(event.data.split(",")));
    source.addEventListener("error", () => stale(true));
  };
  const rest = () => {
    source?.close();
    source = undefined;
  };

  setInterval(() => {
    if (!document.hidden && document.querySelector("[data-panel] [data-often]")) soon(["often"]);
  }, OFTEN);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return rest();
    listen();
    soon(["*"]); // whatever happened meanwhile
  });
  addEventListener("pagehide", rest);
  listen();

  // Signals are no facts, so nobody tells of them: what counts them is looked at again while somebody looks.
  const every = Math.min(...[...document.querySelectorAll("[data-live][data-every]")].map((part) => Number(part.dataset.every)));
  if (Number.isFinite(every) && every > 0) setInterval(() => document.hidden || soon(["*"]), every * 1000);
};
