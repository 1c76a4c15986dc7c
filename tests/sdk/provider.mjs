// A stand-in for OAuth2 providers: prints its port. It keeps nothing but what it was asked; the code says what it answers.
//
// A code is a list of `key=value` separated by `;`. Keys that begin with `!` say how to answer, the others are the user:
//
//   !fixture=NAME      the user (and emails, and more of the token) of that name in profiles.json
//   !token=STATUS      the token endpoint fails with the status
//   !answer=garbage|huge|slow|empty|form|redirect|string   what it answers otherwise
//   !auth=body         it refuses credentials in the header
//   !user=STATUS|garbage|huge|slow|array|redirect          the same of the user endpoint
//   !emails=STATUS     the same of the emails
//   !id=KID            the token comes with an id token signed by that key, with the user as its claims
//   !alg=ALG           the algorithm in its header
//   !spoil             its signature is spoiled
//   !expires=VALUE     `expires_in`; `none` leaves it out
//
// Values `true`, `false` and whole numbers are what they look like, `now+N` is a time, `a|b` a list; `'5` is a text.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";

const fixtures = JSON.parse(fs.readFileSync(new URL("./profiles.json", import.meta.url)));
const seen = [];
const keys = {
  rsa: crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ed: crypto.generateKeyPairSync("ed25519"),
  ec: crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }),
  noalg: crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
const algorithms = { rsa: "RS256", ed: "EdDSA", ec: "ES256", noalg: "RS256" };

function value(text) {
  if (text.startsWith("'")) return text.slice(1);
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  if (/^-?\d+$/.test(text)) return Number(text);
  const time = /^now([+-]\d+)$/.exec(text);
  if (time) return Math.floor(Date.now() / 1000) + Number(time[1]);
  if (text.includes("|")) return text.split("|");
  return text;
}

function parse(code) {
  const [control, user] = [{}, {}];
  for (const part of code.split(";").filter(Boolean)) {
    const at = part.indexOf("=");
    const [key, text] = at < 0 ? [part, "true"] : [part.slice(0, at), part.slice(at + 1)];
    if (key.startsWith("!")) control[key.slice(1)] = text;
    else user[key] = value(text);
  }
  return { control, user };
}

const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

function idToken({ control, user }) {
  const { privateKey } = keys[control.id] ?? keys.rsa;
  const alg = control.alg ?? algorithms[control.id] ?? "RS256";
  const content = `${part({ alg, kid: control.id, typ: "JWT" })}.${part(user)}`;
  const hash = alg === "EdDSA" ? null : alg === "RS512" ? "sha512" : "sha256";
  const key = alg.startsWith("ES") ? { key: privateKey, dsaEncoding: "ieee-p1363" } : privateKey;
  const signature = crypto.sign(hash, Buffer.from(content), key);
  if ("spoil" in control) signature[0] ^= 1;
  return `${content}.${signature.toString("base64url")}`;
}

function keySet() {
  return {
    keys: Object.entries(keys).map(([kid, { publicKey }]) => {
      const alg = kid === "noalg" ? {} : { alg: algorithms[kid] };
      return { ...publicKey.export({ format: "jwk" }), kid, use: "sig", ...alg };
    }),
  };
}

const send = (response, status, body, type = "application/json") => {
  response.writeHead(status, { "content-type": type });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};

// Answers that no provider should give; `true` when this was one.
function misbehave(how, response) {
  if (how === undefined) return false;
  if (/^\d+$/.test(how)) send(response, Number(how), { error: "no", error_description: "it says no" });
  else if (how === "garbage") send(response, 200, "<html>no</html>", "text/html");
  else if (how === "array") send(response, 200, "[]");
  else if (how === "string") send(response, 200, '"text"');
  else if (how === "empty") send(response, 200, {});
  else if (how === "error") send(response, 200, { error: "invalid_grant" });
  else if (how === "huge") {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"x":"');
    const more = () => response.write("x".repeat(65536), (error) => error || setImmediate(more));
    more();
  } else if (how === "redirect") {
    response.writeHead(302, { location: "/elsewhere" });
    response.end();
  } else if (how === "slow") setTimeout(() => send(response, 200, {}), 60_000).unref();
  else return false;
  return true;
}

function token(request, response, body) {
  const form = new URLSearchParams(body);
  const code = form.get("code") ?? "";
  const asked = parse(code);
  const basic = request.headers.authorization;
  if (asked.control.auth === "body" && basic) return send(response, 401, { error: "invalid_client" });
  const how = asked.control.token ?? asked.control.answer;
  if (misbehave(how, response)) return;
  const answer = {
    access_token: Buffer.from(code).toString("base64url"),
    token_type: "Bearer",
    refresh_token: "refresh",
    ...(asked.control.expires !== "none" && { expires_in: value(asked.control.expires ?? "3600") }),
    ...(asked.control.id && { id_token: idToken(asked) }),
    ...fixtures[asked.control.fixture]?.token,
  };
  if (how === "form") return send(response, 200, new URLSearchParams(answer).toString(), "application/x-www-form-urlencoded");
  send(response, 200, answer);
}

function user(request, response, path) {
  const code = Buffer.from((request.headers.authorization ?? "").replace("Bearer ", ""), "base64url").toString();
  const { control, user } = parse(code);
  const fixture = fixtures[control.fixture];
  if (path === "/user/emails") {
    if (misbehave(control.emails, response)) return;
    return send(response, 200, fixture?.emails ?? []);
  }
  if (misbehave(control.user, response)) return;
  send(response, 200, fixture?.user ?? user);
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    const path = request.url.split("?")[0];
    if (path !== "/seen") seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    if (path === "/token") token(request, response, body);
    else if (path === "/user" || path === "/user/emails") user(request, response, path);
    else if (path === "/elsewhere") send(response, 200, { sub: "elsewhere", access_token: "elsewhere" });
    else if (path === "/jwks") send(response, 200, keySet());
    else if (path === "/seen") send(response, 200, seen.splice(0));
    else send(response, 404, {});
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
