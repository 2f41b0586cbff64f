// Sends the answer of the token service to Lync, looks whether a sign-in was approved, and sends each form once. It is
// for every browser that runs a script at all, so it is written in the JavaScript of 1999. Without a script a button and
// a reload do the same.

(function () {
  var answer = document.getElementById("answer");
  if (answer) {
    answer.submit();
    return;
  }

  // A second click must not use a code a second time.
  function once() {
    var form = this;
    if (form.getAttribute("data-sent")) return false;
    form.setAttribute("data-sent", "yes");
    setTimeout(function () {
      form.removeAttribute("data-sent");
    }, 10000);
    return true;
  }
  for (var at = 0; at < document.forms.length; at++) {
    if (!document.forms[at].getAttribute("data-passkey")) document.forms[at].onsubmit = once;
  }

  var waiting = document.getElementById("waiting");
  if (!waiting || !window.XMLHttpRequest) return;
  function look() {
    var request = new XMLHttpRequest();
    request.onreadystatechange = function () {
      if (request.readyState !== 4) return;
      // 204, which old browsers call 1223: nobody has approved it yet. 0: there was no answer.
      if (request.status === 204 || request.status === 1223 || request.status === 0) setTimeout(look, 3000);
      else location.replace(waiting.getAttribute("data-then"));
    };
    request.open("GET", waiting.getAttribute("data-look"), true);
    request.send(null);
  }
  setTimeout(look, 3000);
})();
