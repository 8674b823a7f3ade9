// "3 minutes ago" goes on counting. The words come with the page, in the reader's language.

const rules = () => JSON.parse(document.getElementById("time-words")?.textContent || "null");

export const startTimes = () => {
  const words = rules();
  if (!words) return;
  const form = new Intl.PluralRules(document.documentElement.lang);
  const write = (key, n) => (words[key]?.[form.select(n)] ?? words[key]?.other ?? "").replace("%", n);
  const tick = () => {
    if (document.hidden) return;
    for (const time of document.querySelectorAll("time[data-when]")) {
      const seconds = Math.round((Date.now() - Date.parse(time.dateTime)) / 1000);
      const ahead = seconds < 0;
      const size = Math.abs(seconds);
      if (size >= 86400) continue;
      const text = size < 60 ? words.now.other
        : size < 3600 ? write(ahead ? "inMinutes" : "minutes", Math.floor(size / 60))
        : write(ahead ? "inHours" : "hours", Math.floor(size / 3600));
      if (text && time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tick, 15000);
};
