// What the links in mails, the first start and OAuth2 logins lead to. The part after # tells which, and holds the token,
// which so never reaches a log. Nothing is stored: another session in this browser is not touched.
"use strict";

const byId = (id) => document.getElementById(id);
const base = new URL("../", document.location.href.split("#")[0]);
const [title, status, problem, form, more] = ["title", "status", "problem", "form", "more"].map(byId);

/** The claims of a token, an empty object where it is none. */
function claims(token) {
  try {
    const part = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}

/** Sends JSON; the answer with `ok` and `data`, and one message where it failed. */
async function post(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = token;
  try {
    const response = await fetch(new URL(path, base), { method: "POST", headers, body: JSON.stringify(body) });
    const answer = response.status === 204 ? {} : await response.json();
    return { ok: response.ok, status: response.status, data: answer.data ?? {}, message: answer.message ?? "" };
  } catch {
    return { ok: false, status: 0, data: {}, message: "The server could not be reached. Please try again." };
  }
}

const inCollection = (token, action) =>
  `api/collections/${encodeURIComponent(claims(token).collectionId ?? "-")}/${action}`;

/** Shows a heading and moves the focus to it, so that it is read out. */
function page(heading, text = "") {
  title.textContent = heading;
  document.title = heading;
  status.textContent = text;
  problem.hidden = true;
  problem.textContent = "";
  form.hidden = true;
  form.replaceChildren();
  more.hidden = true;
  more.replaceChildren();
  title.focus();
}

function fail(message) {
  problem.textContent = message;
  problem.hidden = false;
}

/** A labelled input; passwords get a button that shows them. */
function field({ name, label, type, autocomplete, hint }) {
  const box = byId("field").content.firstElementChild.cloneNode(true);
  const [labelled, row, note, error] = ["label", ".row", ".hint", ".error"].map((part) => box.querySelector(part));
  const input = box.querySelector("input");
  Object.assign(input, { id: name, name, type, autocomplete, required: true, spellcheck: false });
  labelled.htmlFor = name;
  labelled.textContent = label;
  note.id = `${name}-hint`;
  error.id = `${name}-error`;
  if (hint) {
    note.textContent = hint;
    note.hidden = false;
  }
  input.setAttribute("aria-describedby", hint ? `${note.id} ${error.id}` : error.id);
  input.addEventListener("input", () => complain(input, ""));
  if (type === "password") {
    const eye = document.createElement("button");
    eye.type = "button";
    eye.textContent = "Show";
    eye.setAttribute("aria-pressed", "false");
    eye.setAttribute("aria-label", `Show ${label.toLowerCase()}`);
    eye.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      eye.textContent = shown ? "Hide" : "Show";
      eye.setAttribute("aria-pressed", String(shown));
    });
    row.append(eye);
  }
  return box;
}

function complain(input, message) {
  const error = byId(`${input.name}-error`);
  error.textContent = message;
  error.hidden = !message;
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Shows a form; `send` gets its values and returns the answer. Focus goes to the first thing that is wrong. */
function ask(fields, caption, send, done) {
  form.replaceChildren(...fields.map(field));
  const button = document.createElement("button");
  button.type = "submit";
  button.textContent = caption;
  form.append(button);
  form.hidden = false;
  let busy = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (busy) return;
    problem.hidden = true;
    const inputs = fields.map(({ name }) => byId(name));
    inputs.forEach((input) => complain(input, input.value ? "" : "Please fill in this field."));
    const empty = inputs.find((input) => !input.value);
    if (empty) return empty.focus();
    busy = true;
    button.setAttribute("aria-disabled", "true");
    const answer = await send(Object.fromEntries(inputs.map((input) => [input.name, input.value])));
    busy = false;
    button.removeAttribute("aria-disabled");
    if (answer.ok) return done();
    const wrong = inputs.filter((input) => answer.data[input.name]?.message);
    wrong.forEach((input) => complain(input, answer.data[input.name].message));
    if (answer.data.token) return spoilt(answer.data.token.message);
    if (wrong.length) return wrong[0].focus();
    fail(answer.message || "That did not work. Please try again.");
  };
  byId(fields[0].name).focus();
}

function spoilt(reason) {
  page("This link does not work");
  fail(reason ? `${reason} Please ask for a new link.` : "It is incomplete. Please open the link from your mail again.");
}

const newPassword = [
  { name: "password", label: "New password", type: "password", autocomplete: "new-password" },
  { name: "passwordConfirm", label: "New password again", type: "password", autocomplete: "new-password" },
];

async function confirmVerification(token) {
  page("Verifying your email", "One moment, please.");
  const { email, collectionId } = claims(token);
  const answer = await post(inCollection(token, "confirm-verification"), { token });
  if (answer.ok) return page("Your email is verified", `${email ?? "The address"} is verified. You can close this page.`);
  if (answer.status === 0) return fail(answer.message);
  page("This link does not work");
  fail(answer.data.token?.message ?? answer.message);
  if (!email || !collectionId) return;
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = "Send a new link";
  again.addEventListener("click", async () => {
    const sent = await post(inCollection(token, "request-verification"), { email });
    if (!sent.ok) return fail(sent.message);
    page("A new link is on its way", `If ${email} still has to be verified, a mail with a new link will arrive soon.`);
  });
  more.append(again);
  more.hidden = false;
}

function confirmPasswordReset(token) {
  const { email } = claims(token);
  if (!email) return spoilt();
  page("Set a new password", `For the account of ${email}.`);
  ask(newPassword, "Set the password", (values) => post(inCollection(token, "confirm-password-reset"), { token, ...values }),
    () => page("Your password is set", "You can now log in with the new password. All earlier sessions have ended."));
}

function confirmEmailChange(token) {
  const { newEmail } = claims(token);
  if (!newEmail) return spoilt();
  page("Confirm your new email", `Your account will use ${newEmail}. Please enter your password to confirm.`);
  ask([{ name: "password", label: "Password", type: "password", autocomplete: "current-password" }], "Confirm",
    (values) => post(inCollection(token, "confirm-email-change"), { token, ...values }),
    () => page("Your email is changed", `The account now uses ${newEmail}. Please log in again.`));
}

function install(token) {
  if (!claims(token).id) return spoilt();
  page("Create the first superuser", "This account may see and change everything on this server.");
  ask([
    { name: "email", label: "Email", type: "email", autocomplete: "username" },
    { ...newPassword[0], label: "Password", hint: "At least 8 characters." },
    { ...newPassword[1], label: "Password again" },
  ], "Create", async (values) => {
    const answer = await post("api/collections/_superusers/records", values, token);
    // The account behind the link is gone once there is a superuser.
    if (answer.status === 401 || answer.status === 403) answer.data = { token: { message: "It has expired or was used." } };
    return answer;
  }, () => page("The superuser is created", "You can now log in with this email and password."));
}

function oauth2(worked) {
  page(worked ? "You are logged in" : "The login did not work",
    worked ? "You can close this window and go back to the app." : "Please close this window and try again in the app.");
  window.close();
}

const views = {
  "auth/confirm-verification": confirmVerification,
  "auth/confirm-password-reset": confirmPasswordReset,
  "auth/confirm-email-change": confirmEmailChange,
  "pbinstall": install,
};

function show() {
  const route = document.location.hash.replace(/^#\/?/, "");
  if (route.startsWith("auth/oauth2-redirect-success")) return oauth2(true);
  if (route.startsWith("auth/oauth2-redirect-failure")) return oauth2(false);
  for (const [prefix, view] of Object.entries(views)) {
    if (route === prefix || route.startsWith(`${prefix}/`)) return view(route.slice(prefix.length + 1));
  }
  page("The server is running", "There is nothing else to see here.");
}

window.addEventListener("hashchange", show);
show();
