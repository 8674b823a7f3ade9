// The keyboard first: `/` search, `g s` go to services, `j k` move, enter opens, `?` helps, ctrl-k is the palette.

const typing = (target) => target instanceof Element && (target.matches("input, textarea, select") || target.isContentEditable);
const shown = (node) => node.getClientRects().length > 0;

export const startKeys = () => {
  const help = document.getElementById("keys");
  const palette = document.getElementById("palette");
  let going = 0;

  const move = (by) => {
    const rows = [...document.querySelectorAll("tr[data-href], [data-row]")].filter(shown);
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("here"));
    const to = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    rows[at]?.classList.remove("here");
    to.classList.add("here");
    to.scrollIntoView({ block: "nearest" });
    to.querySelector("a")?.focus({ preventScroll: true });
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      return open(palette);
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.target.closest?.("dialog:not(.page *)")?.matches(":popover-open")) return;
    if (going && Date.now() - going < 1200) {
      going = 0;
      const entry = document.querySelector(`.nav a[data-go="${CSS.escape(event.key)}"]`);
      if (entry) {
        event.preventDefault();
        location.assign(entry.href);
      }
      return;
    }
    switch (event.key) {
      case "/": event.preventDefault(); document.querySelector(".find input")?.focus(); break;
      case "g": going = Date.now(); break;
      case "j": move(1); break;
      case "k": move(-1); break;
      case "?": help?.showPopover(); break;
      default: {
        const act = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(shown);
        if (act) {
          event.preventDefault();
          act.focus();
          act.click();
        }
      }
    }
  });

  // -- the palette: every entry, every action on the screen, and what search finds

  const open = (dialog) => {
    if (!dialog || dialog.matches(":popover-open")) return;
    dialog.showPopover();
    const input = dialog.querySelector("input");
    input.value = "";
    input.focus();
    fill("");
  };
  if (!palette) return;
  const input = palette.querySelector("input");
  const list = palette.querySelector("ul");
  const none = palette.querySelector(".none");
  let asked = 0, timer;

  const commands = () => {
    const label = (node) => {
      const copy = node.cloneNode(true);
      copy.querySelectorAll("kbd, svg, .count").forEach((part) => part.remove());
      return copy.textContent.trim();
    };
    const nav = [...document.querySelectorAll(".nav a")].map((a) => ({ text: label(a), run: () => location.assign(a.href), hint: a.dataset.go ? `g ${a.dataset.go}` : "" }));
    const acts = [...document.querySelectorAll("main .button, main [data-key]")]
      .filter((node) => shown(node) && !node.closest("dialog"))
      .map((node) => ({ text: label(node), run: () => (palette.hidePopover(), node.click()), hint: node.dataset.key || "" }));
    return [...new Map([...acts, ...nav].filter((one) => one.text).map((one) => [one.text, one])).values()];
  };

  const draw = (items) => {
    list.replaceChildren(...items.map((item, at) => {
      const row = document.createElement("li");
      row.role = "option";
      row.id = `palette-${at}`;
      row.textContent = item.text;
      if (item.hint) row.append(Object.assign(document.createElement("span"), { textContent: item.hint }));
      row.addEventListener("click", item.run);
      return row;
    }));
    none.hidden = items.length > 0;
    choose(0);
  };
  const choose = (at) => {
    const rows = [...list.children];
    rows.forEach((row, place) => row.setAttribute("aria-selected", place === at));
    input.setAttribute("aria-activedescendant", rows[at]?.id || "");
    rows[at]?.scrollIntoView({ block: "nearest" });
  };
  const chosen = () => [...list.children].findIndex((row) => row.getAttribute("aria-selected") === "true");

  const fill = (words) => {
    const needle = words.trim().toLowerCase();
    const mine = commands().filter((one) => one.text.toLowerCase().includes(needle)).slice(0, 8);
    draw(mine);
    clearTimeout(timer);
    if (needle.length < 2) return;
    const turn = ++asked;
    timer = setTimeout(async () => {
      const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(needle)}`, { headers: { accept: "application/json" } });
      if (!answer.ok || turn !== asked) return;
      const { groups } = await answer.json();
      const found = groups.flatMap((group) => group.found.slice(0, 6))
        .map((one) => ({ text: one.title, hint: one.hint, run: () => location.assign(one.href) }));
      draw([...mine, ...found]);
    }, 150);
  };

  input.addEventListener("input", () => fill(input.value));
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose((chosen() + (event.key === "ArrowDown" ? 1 : -1) + count) % (count || 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.children[chosen()]?.click();
    }
  });
  document.querySelectorAll("[data-open-palette]").forEach((button) => button.addEventListener("click", () => open(palette)));
};
