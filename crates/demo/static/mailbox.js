// Shows new mail as it comes; without script the page asks again by itself every few seconds.
const live = new EventSource("/events");
live.addEventListener("changed", async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["people", "list"]) {
    const now = document.getElementById(part);
    const next = fresh.getElementById(part);
    if (now && next) now.replaceChildren(...next.childNodes);
  }
  document.title = fresh.title;
});
