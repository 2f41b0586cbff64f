// What the sign-in page of Lync does better with a new browser. It is loaded as a module, which old browsers leave out.

(() => {
  // A passkey is offered only where the browser can use one.
  if (window.PublicKeyCredential !== undefined) {
    for (const part of document.querySelectorAll("[data-with-passkeys]")) part.hidden = false;
  }
})();
