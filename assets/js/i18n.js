// Texts in the user's language. English stands in the code; the catalogue of another language replaces it.
// `window.__I18N` is set by /i18n/boot.js before the first paint, so no wrong language is ever shown.
import { useSyncExternalStore } from "react";

const EMPTY = { lang: "", texts: {}, plurals: {} };
let current = (typeof window !== "undefined" && window.__I18N) || EMPTY;
const listeners = new Set();
const rules = {};

const subscribe = (listener) => (listeners.add(listener), () => listeners.delete(listener));
const fill = (pattern, values) => (values ? pattern.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : pattern);

function number(lang, value) {
  return typeof value === "number" ? value.toLocaleString(lang) : value;
}

function translate(catalogue, singular, values, plural) {
  if (!catalogue.lang) return "";
  if (singular === "") return number(catalogue.lang, values.n);
  if (plural === undefined) return fill(catalogue.texts[singular] ?? singular, values);
  const n = Number(values.n);
  const rule = (rules[catalogue.lang] ??= new Intl.PluralRules(catalogue.lang)).select(n);
  const forms = catalogue.plurals[singular];
  const pattern = forms?.[rule] ?? forms?.other ?? (n === 1 ? singular : plural);
  return fill(pattern, { ...values, n: number(catalogue.lang, n) });
}

export function useT() {
  const catalogue = useSyncExternalStore(subscribe, () => current, () => EMPTY);
  return (singular, values, plural) => translate(catalogue, singular, values, plural);
}

export function T({ k }) {
  return useT()(k);
}

// Changes the language of the open page: fetches the catalogue, paints every text again.
export async function setLocale(lang) {
  const answer = await fetch(`/i18n/${lang}.json`, { credentials: "same-origin" });
  if (!answer.ok) return;
  current = await answer.json();
  document.documentElement.lang = lang;
  document.cookie = `lang=${lang}; Path=/; Max-Age=31536000; SameSite=Lax`;
  listeners.forEach((listener) => listener());
}

if (typeof window !== "undefined") {
  window.__setLocale = setLocale;
  if (current.lang) document.documentElement.lang = current.lang;
}
