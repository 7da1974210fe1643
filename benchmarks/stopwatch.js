// Does something to the page, waits until other rows (or the asked-for card) stand there, then for the frame that shows
// them. Answers in seconds.
([kind, value]) => new Promise((resolve, reject) => {
  const target = kind === "search" ? document.querySelector("#search") : [...document.querySelectorAll(value)].at(-1);
  const text = (selector) => document.querySelector(selector)?.textContent ?? "";
  const rows = () => text("tbody") || text(".empty");
  const before = rows();
  const number = kind === "card" ? "#" + target.getAttribute("href").split("/").at(-1) : "";
  const done = kind === "card"
    ? () => text(".card-name") && text("h1").endsWith(number)
    : () => rows() && rows() !== before;
  const started = performance.now();
  const seen = new MutationObserver(() => {
    if (!done()) return;
    seen.disconnect();
    clearTimeout(late);
    requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - started) / 1000)));
  });
  const late = setTimeout(() => {
    seen.disconnect();
    reject(new Error("nothing new painted in 20 s: " + kind));
  }, 20000);
  seen.observe(document.body, { childList: true, subtree: true, characterData: true });
  if (kind === "search") {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(target, value);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  } else {
    target.click();
  }
})
