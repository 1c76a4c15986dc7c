// The official SDK through every flow around an account, with the mails that belong to them.
import assert from "node:assert/strict";
import { test, before, after } from "node:test";
import PocketBase from "pocketbase";
import { SMTPServer } from "smtp-server";
import { simpleParser } from "mailparser";

const url = process.env.PBR_URL;
const root = new PocketBase(url);
const mails = [];
const waiting = [];

/** The next mail that arrives. */
const mail = () => (mails.length ? Promise.resolve(mails.shift()) : new Promise((resolve) => waiting.push(resolve)));
const token = (message) => message.text.match(/\/_\/#\/[\w/-]+\/([\w.-]+)\)/)[1];

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData(stream, session, callback) {
    simpleParser(stream).then((parsed) => {
      const resolve = waiting.shift();
      if (resolve) resolve(parsed);
      else mails.push(parsed);
      callback();
    });
  },
});

before(async () => {
  await new Promise((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  await root.collection("_superusers").authWithPassword(process.env.PBR_SUPERUSER_EMAIL, process.env.PBR_SUPERUSER_PASSWORD);
  await root.settings.update({ smtp: { enabled: true, host: "127.0.0.1", port: smtp.server.address().port } });
});

after(() => new Promise((resolve) => smtp.close(resolve)));

const signUp = async (email) => {
  const password = "12345678";
  return root.collection("users").create({ email, password, passwordConfirm: password });
};

test("test mails and jobs", async () => {
  assert.equal(await root.settings.testEmail("users", "me@example.com", "verification"), true);
  assert.equal((await mail()).to.text, "me@example.com");
  const jobs = await root.crons.getFullList();
  assert.ok(jobs.some((job) => job.id === "__pbOTPCleanup__"));
  assert.equal(await root.crons.run("__pbOTPCleanup__"), true);
});

test("verification", async () => {
  const pb = new PocketBase(url);
  const user = await signUp("verify@example.com");
  assert.equal(await pb.collection("users").requestVerification("verify@example.com"), true);
  assert.equal(await pb.collection("users").confirmVerification(token(await mail())), true);
  assert.equal((await root.collection("users").getOne(user.id)).verified, true);
});

test("password reset", async () => {
  const pb = new PocketBase(url);
  await signUp("reset@example.com");
  await pb.collection("users").requestPasswordReset("reset@example.com");
  const reset = token(await mail());
  await pb.collection("users").confirmPasswordReset(reset, "abcdefgh", "abcdefgh");
  await assert.rejects(pb.collection("users").confirmPasswordReset(reset, "abcdefgh", "abcdefgh"), { status: 400 });
  await pb.collection("users").authWithPassword("reset@example.com", "abcdefgh");
  assert.ok(pb.authStore.isValid);
});

test("email change", async () => {
  const pb = new PocketBase(url);
  await signUp("old@example.com");
  await pb.collection("users").authWithPassword("old@example.com", "12345678");
  await pb.collection("users").requestEmailChange("new@example.com");
  const message = await mail();
  assert.equal(message.to.text, "new@example.com");
  await pb.collection("users").confirmEmailChange(token(message), "12345678");
  // The SDK forgets a session whose record has changed its email.
  assert.equal(pb.authStore.isValid, false);
  await pb.collection("users").authWithPassword("new@example.com", "12345678");
});

test("one-time password and two factors", async () => {
  await root.collections.update("users", { otp: { enabled: true }, mfa: { enabled: true } });
  const pb = new PocketBase(url);
  await signUp("mfa@example.com");
  const methods = await pb.collection("users").listAuthMethods();
  assert.deepEqual([methods.otp.enabled, methods.mfa.enabled], [true, true]);
  let mfaId;
  await assert.rejects(pb.collection("users").authWithPassword("mfa@example.com", "12345678"), (error) => {
    mfaId = error.response?.mfaId;
    return error.status === 401 && Boolean(mfaId);
  });
  const { otpId } = await pb.collection("users").requestOTP("mfa@example.com");
  const code = (await mail()).text.match(/password is: (\d{8})/)[1];
  const { record } = await pb.collection("users").authWithOTP(otpId, code, { mfaId });
  assert.equal(record.email, "mfa@example.com");
  assert.ok(pb.authStore.isValid);
  await root.collections.update("users", { otp: { enabled: false }, mfa: { enabled: false } });
});

test("impersonation", async () => {
  const user = await signUp("other@example.com");
  const client = await root.collection("users").impersonate(user.id, 3600);
  assert.equal(client.authStore.record.id, user.id);
  assert.equal((await client.collection("users").authRefresh()).token, client.authStore.token);
  assert.match(await client.files.getToken(), /^ey/);
});
