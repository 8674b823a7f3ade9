// What a page itself has to tell: that paying failed, say. The tracker may load later; what is told before it waits.
window.tend ||= Object.assign((...given) => window.tend.q.push(given), { q: [] });
addEventListener('DOMContentLoaded', () => {
  const told = document.querySelector('[data-told]')?.dataset.told;
  if (told) window.tend(told);
});
