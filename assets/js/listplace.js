// The list a reader comes from: its address, how far it was scrolled, and whom they opened. Kept in this tab alone, so
// that a card knows who stands beside its contact, and the way back leads to the same place.
const ADDRESS = "crm-list";
const SCROLL = "crm-list-scroll";
const CARD = "crm-card";
const PATIENCE = 4000; // milliseconds until the rows of a list must be there

const frame = () => document.querySelector(".list-frame");

export const listAddress = () => sessionStorage.getItem(ADDRESS) ?? "";
export const cardOpened = (number) => sessionStorage.setItem(CARD, String(number));

// Called by the list whenever its address changes; `look` is about a contact beside it and no part of the place.
export function rememberList({ pathname, search }) {
  const params = new URLSearchParams(search);
  params.delete("look");
  sessionStorage.setItem(ADDRESS, pathname + (params.size ? "?" + params : ""));
}

export function rememberScroll() {
  sessionStorage.setItem(SCROLL, JSON.stringify([window.scrollY, frame()?.scrollTop ?? 0, frame()?.scrollLeft ?? 0]));
}

// Back from a card: the list is where it was, with the focus on the contact that was open. Returns how to stop waiting.
export function returnToPlace({ pathname, search }) {
  const number = sessionStorage.getItem(CARD);
  sessionStorage.removeItem(CARD);
  if (!number || listAddress() !== pathname + search) return () => {};
  const [page, down, right] = JSON.parse(sessionStorage.getItem(SCROLL) ?? "[0, 0, 0]");
  const until = Date.now() + PATIENCE;
  let timer = 0;
  const look = () => {
    if (document.querySelector("[data-row]")) {
      frame()?.scrollTo(right, down);
      window.scrollTo(0, page);
      const row = document.getElementById(`contact-${number}`);
      if (row && (document.activeElement === document.body || !document.activeElement)) row.focus({ preventScroll: true });
    } else if (Date.now() < until) timer = setTimeout(look, 50);
  };
  look();
  return () => clearTimeout(timer);
}
