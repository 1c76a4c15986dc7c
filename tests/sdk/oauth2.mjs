// Logging in through a real OpenID provider with the official SDK.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";

globalThis.EventSource = EventSource;
const { PBR_URL: url, APP_REDIRECT: redirect } = process.env;

// A browser as far as the flow needs one: it follows redirects and keeps cookies. Returns where it ends up: the first
// address that is not the provider's, or the page of a refusal.
async function browse(address) {
  const cookies = new Map();
  const provider = new URL(address).origin;
  for (let at = address, hops = 0; hops < 10; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const page = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of page.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      cookies.set(name, value);
    }
    const location = page.headers.get("location");
    if (!location) return { status: page.status, text: await page.text() };
    at = new URL(location, at).href;
    if (new URL(at).origin !== provider) return { at: new URL(at) };
  }
  throw new Error("it goes round in circles");
}

async function code(pb, collection, name, hint, wrong = {}) {
  const methods = await pb.collection(collection).listAuthMethods();
  const provider = methods.oauth2.providers.find((provider) => provider.name === name);
  const { at, status, text } = await browse(`${provider.authURL}${encodeURIComponent(wrong.redirect ?? redirect)}&login_hint=${hint}`);
  return { provider, code: at?.searchParams.get("code"), state: at?.searchParams.get("state"), error: at?.searchParams.get("error"), status, text };
}

const login = async (pb, collection, name, hint, data) => {
  const { provider, code: given } = await code(pb, collection, name, hint);
  return pb.collection(collection).authWithOAuth2Code(name, given, provider.codeVerifier, redirect, data);
};

test("a code becomes an account, and the next one the same account", async () => {
  const pb = new PocketBase(url);
  const { provider, code: given, state } = await code(pb, "users", "oidc", "ann");
  assert.equal(state, provider.state);
  const first = await pb.collection("users").authWithOAuth2Code("oidc", given, provider.codeVerifier, redirect);
  assert.equal(first.record.email, "ann@example.com");
  assert.equal(first.record.verified, true);
  assert.equal(first.record.name, "ann of OpenID");
  assert.equal(first.meta.isNew, true);
  assert.equal(first.meta.rawUser.sub, "ann");
  assert.ok(first.meta.accessToken && first.meta.expiry);
  assert.ok(pb.authStore.isValid);
  const second = await login(new PocketBase(url), "users", "oidc", "ann");
  assert.equal(second.record.id, first.record.id);
  assert.equal(second.meta.isNew, false);
});

test("credentials in the body, and the user from the id token alone", async () => {
  const { record, meta } = await login(new PocketBase(url), "users", "oidc2", "bob");
  assert.equal(record.email, "bob@example.com");
  assert.equal(meta.rawUser.aud, "posting");
});

test("an issuer whose URLs are discovered", async () => {
  const { record, meta } = await login(new PocketBase(url), "users", "oidc3", "hal");
  assert.equal(record.email, "hal@example.com");
  assert.equal(meta.rawUser.sub, "hal");
});

test("a code works once, and only with its verifier and redirect URL", async () => {
  const pb = new PocketBase(url);
  const users = pb.collection("users");
  const refused = { status: 400, message: "Failed to fetch OAuth2 token." };
  const once = await code(pb, "users", "oidc", "cat");
  await users.authWithOAuth2Code("oidc", once.code, once.provider.codeVerifier, redirect);
  await assert.rejects(users.authWithOAuth2Code("oidc", once.code, once.provider.codeVerifier, redirect), refused);
  const verifier = await code(pb, "users", "oidc", "cat");
  await assert.rejects(users.authWithOAuth2Code("oidc", verifier.code, "x".repeat(43), redirect), refused);
  const elsewhere = await code(pb, "users", "oidc", "cat");
  await assert.rejects(users.authWithOAuth2Code("oidc", elsewhere.code, elsewhere.provider.codeVerifier, `${redirect}/x`), refused);
});

test("the provider sends nobody to an address that is not the client's", async () => {
  const { code: given, status, text } = await code(new PocketBase(url), "users", "oidc", "ann", { redirect: "http://evil.example/" });
  assert.equal(given, undefined);
  assert.equal(status, 400);
  assert.match(text, /redirect_uri/);
});

test("an account made in advance with somebody's email is taken from its maker", async () => {
  const maker = new PocketBase(url);
  const data = { email: "dan@example.com", password: "12345678", passwordConfirm: "12345678" };
  const trap = await maker.collection("users").create(data);
  await maker.collection("users").authWithPassword("dan@example.com", "12345678");
  const { record } = await login(new PocketBase(url), "users", "oidc", "dan");
  assert.equal(record.id, trap.id);
  assert.equal(record.verified, true);
  await assert.rejects(maker.collection("users").authWithPassword("dan@example.com", "12345678"), { status: 400 });
  await assert.rejects(maker.collection("users").authRefresh(), { status: 401 });
});

test("an email that the provider does not vouch for opens no account", async () => {
  const owner = new PocketBase(url);
  const data = { email: "eve@example.com", password: "12345678", passwordConfirm: "12345678" };
  await owner.collection("users").create(data);
  await assert.rejects(login(new PocketBase(url), "users", "oidc", "unverified-eve"), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.response.data.email.code, "validation_required");
    return true;
  });
  await owner.collection("users").authWithPassword("eve@example.com", "12345678");
});

test("a logged in user links an account, sees it and unlinks it", async () => {
  const pb = new PocketBase(url);
  const data = { email: "fay@local.example", password: "12345678", passwordConfirm: "12345678" };
  const { id } = await pb.collection("users").create(data);
  await pb.collection("users").authWithPassword("fay@local.example", "12345678");
  const { record } = await login(pb, "users", "oidc", "fay");
  assert.equal(record.id, id);
  const links = await pb.collection("users").listExternalAuths(id);
  assert.deepEqual(links.map(({ provider, providerId }) => [provider, providerId]), [["oidc", "fay"]]);
  await pb.collection("users").unlinkExternalAuth(id, "oidc");
  assert.deepEqual(await pb.collection("users").listExternalAuths(id), []);
});

test("all in one: the SDK waits on the realtime connection for the redirect", async () => {
  const pb = new PocketBase(url);
  let last;
  const { record, meta } = await pb.collection("users").authWithOAuth2({
    provider: "oidc",
    urlCallback: async (address) => {
      const { at } = await browse(`${address}&login_hint=gus`);
      last = await fetch(at, { redirect: "manual" });
      const again = await fetch(at, { redirect: "manual" });
      assert.match(again.headers.get("location"), /failure$/);
    },
    createData: { emailVisibility: true },
  });
  assert.equal(record.email, "gus@example.com");
  assert.equal(record.emailVisibility, true);
  assert.equal(meta.isNew, true);
  assert.equal(last.status, 307);
  assert.equal(last.headers.get("location"), "../_/#/auth/oauth2-redirect-success");
});

test("all in one: a refusal of the provider reaches the SDK", async () => {
  const pb = new PocketBase(url);
  const flow = pb.collection("users").authWithOAuth2({
    provider: "oidc",
    urlCallback: async (address) => {
      const state = new URL(address).searchParams.get("state");
      const page = await fetch(`${url}/api/oauth2-redirect?state=${state}&error=access_denied`, { redirect: "manual" });
      assert.equal(page.headers.get("location"), "../_/#/auth/oauth2-redirect-failure");
    },
  });
  await assert.rejects(flow, (error) => /access_denied/.test(error.originalError.message));
});
