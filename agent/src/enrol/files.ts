// The style sheet and the script of the pages.

export const STYLE_TEXT = `:root{color-scheme:light dark;--ink:#1c2226;--back:#f5f7f8;--card:#fff;--line:#d5dbe0;--main:#0b6e75;--said:#fdf2d8}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaed;--back:#11161a;--card:#1a2126;--line:#2d373e;--main:#2bb3bd;--said:#3a3016}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}
main{max-width:30rem;margin:6vh auto 2rem;padding:1.25rem 1.5rem;background:var(--card);border:1px solid var(--line);border-radius:.4rem}
h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25;overflow-wrap:anywhere}
a{color:var(--main)}
button,.button{display:block;width:100%;padding:.55rem .9rem;font:inherit;text-align:center;text-decoration:none;color:#fff;background:#0b6e75;border:0;border-radius:.3rem;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--main);outline-offset:2px}
.qr{display:block;width:16.5rem;max-width:100%;height:auto;margin:0 auto;background:#fff;border-radius:.3rem}
.small{font-size:.875rem}
.said{padding:.6rem .9rem;background:var(--said);border-radius:.3rem}
`;

/** Counts down, and takes the code away when its time is over. */
export const SCRIPT_TEXT = `(() => {
  const timer = document.querySelector("[data-left]");
  if (timer === null) return;
  const start = performance.now();
  const tick = () => {
    const left = Math.ceil(Number(timer.dataset.left) - (performance.now() - start) / 1000);
    if (left > 0) {
      const minutes = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      timer.textContent = timer.dataset.said.replace("{}", minutes);
      return;
    }
    clearInterval(every);
    document.querySelector("[data-code]").remove();
    document.querySelector("[data-over]").hidden = false;
  };
  const every = setInterval(tick, 1000);
  tick();
})();
`;
