// Says when an upload did not arrive: Reflex tells nobody but the console.
import { useEffect } from "react";

export function UploadWatch({ onLost }) {
  useEffect(() => {
    const plain = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, url, ...rest) {
      if (new URL(url, location.href).pathname.endsWith("/_upload")) {
        let stopped = false; // by the Cancel button, or because the page is left
        this.addEventListener("abort", () => (stopped = true));
        // 413: the server has told the tab that the file is too large.
        const lost = () => !stopped && this.status !== 413 && (this.status < 200 || this.status > 299);
        this.addEventListener("loadend", () => lost() && onLost());
      }
      return plain.call(this, method, url, ...rest);
    };
    return () => {
      XMLHttpRequest.prototype.open = plain;
    };
  }, []);
  return null;
}
