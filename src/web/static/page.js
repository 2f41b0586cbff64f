// What pages do better with a script; each of them works without. Loaded with `defer` on every page.

(() => {
  // Copies the text of the element that a button names.
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-copy]") : null;
    if (button === null) return;
    const source = document.getElementById(button.dataset.copy);
    if (source === null) return;
    try {
      // As it is shown: `innerText` has a line for each entry of a list, `textContent` has none.
      await navigator.clipboard.writeText((source.matches("ol, ul") ? source.innerText : source.textContent).trim());
      button.textContent = button.dataset.copied;
      if (button.dataset.open !== undefined) location.href = button.dataset.open; // an app, so the page stays
    } catch {
      getSelection()?.selectAllChildren(source); // then the person can copy it
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("button[data-print]") !== null) print();
  });

  // Where a form came back with a fault, the person goes on at the fault.
  document.querySelector("main [aria-invalid=true]")?.focus();

  // A button that needs a script is hidden until there is one.
  for (const element of document.querySelectorAll("[data-with-script]")) element.hidden = false;

  // "All of this page" of a table with boxes.
  document.addEventListener("change", (event) => {
    const box = event.target instanceof HTMLInputElement ? event.target : null;
    if (box?.dataset.all === undefined) return;
    for (const each of document.querySelectorAll(`input[name="${box.dataset.all}"]`)) each.checked = box.checked;
  });

  // A form is sent once, however often somebody clicks.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.sent !== undefined) event.preventDefault();
    form.dataset.sent = "";
    setTimeout(() => delete form.dataset.sent, 10_000);
  });
  // A page that comes back from the browser's history may be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
