// A scanned card has the code after the # of its address, which no server sees: put it in the field.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("code");
if (code && field) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
  field.form.querySelector("button").focus();
}
