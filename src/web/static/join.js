// The page of an invitation: its code stands behind the `#` of the link, where no server sees it. This puts it into the
// form, and takes it out of the address, so that it stays in no history.

(() => {
  const form = document.querySelector("form[data-join]");
  const field = form?.querySelector("input[name=code]");
  if (!field) return;

  const fill = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (code === "") return;
    field.value = code;
    history.replaceState(null, "", location.pathname);
    form.querySelector("[data-typed]").hidden = true;
    for (const fault of document.querySelectorAll("article > .notice")) fault.hidden = true; // it was about another code
    form.querySelector("[data-linked]").hidden = false;
    form.querySelector("button").focus();
  };
  addEventListener("hashchange", fill);
  fill();
})();
