// The ceremonies of passkeys. A form with `data-passkey` says which: the script asks `data-options` for what the
// authenticator needs to know, lets the person do what it takes, puts the result into the form's field `response`, and
// sends the form.

(() => {
  const { startAuthentication, startRegistration } = SimpleWebAuthnBrowser;

  /** An invitation's secret stands behind the `#`, where no server and no log sees it. */
  const invitation = location.hash.slice(1);
  for (const field of document.querySelectorAll('input[name="invitation"]')) field.value = invitation;
  if (invitation !== "") history.replaceState(null, "", location.pathname);

  const say = (form, name) => {
    for (const line of form.querySelectorAll("[data-said]")) line.hidden = line.dataset.said !== name;
  };

  async function ceremony(form) {
    say(form, "waiting");
    const asked = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!asked.ok) return say(form, asked.status === 403 ? "refused" : "failed");
    const { kept, ...optionsJSON } = await asked.json();
    if (kept !== undefined) form.elements.kept.value = kept;
    const start = form.dataset.passkey === "register" ? startRegistration : startAuthentication;
    const response = await start({ optionsJSON });
    form.elements.response.value = JSON.stringify(response);
    HTMLFormElement.prototype.submit.call(form);
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (window.PublicKeyCredential === undefined) {
      say(form, "unsupported");
      continue;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      ceremony(form).catch((fault) => say(form, fault?.name === "InvalidStateError" ? "known" : "cancelled"));
    });
  }
})();
