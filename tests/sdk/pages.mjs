// One step of a person with a browser, named by the first argument, on the page of the second. By keyboard where it
// matters, and by what a screen reader would find: roles, names and what has the focus.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [step, url] = process.argv.slice(2);
const executablePath = process.env.PBR_TEST_CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(error.message));
page.on("console", (message) => {
  // A refused form is logged by the browser; that is no mistake of the page.
  if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) problems.push(message.text());
});

const heading = (name) => page.getByRole("heading", { name, level: 1 });
const button = (name) => page.getByRole("button", { name, exact: true });
const field = (name) => page.getByRole("textbox", { name, exact: true });
const focused = () => page.evaluate(() => document.activeElement.id);
const alert = () => page.getByRole("alert");

const steps = {
  async install() {
    await heading("Create the first superuser").waitFor();
    assert.equal(await focused(), "email");
    // Nothing filled in: the first field says so and has the focus.
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "email");
    assert.equal(await field("Email").getAttribute("aria-invalid"), "true");
    await page.keyboard.type("root@example.com");
    await page.keyboard.press("Tab");
    await page.keyboard.type("short");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    assert.equal(await button("Show password").getAttribute("aria-pressed"), "true");
    assert.equal(await page.locator("#password").getAttribute("type"), "text");
    await page.keyboard.press("Tab");
    await page.keyboard.type("short");
    await page.keyboard.press("Enter");
    await page.getByText("Must be at least 8 character(s).").waitFor();
    assert.equal(await focused(), "password");
    await page.locator("#password").fill("secret12345");
    await page.locator("#passwordConfirm").fill("secret12345");
    await button("Create").click();
    await heading("The superuser is created").waitFor();
  },
  async "install-again"() {
    await page.locator("#email").fill("second@example.com");
    await page.locator("#password").fill("secret12345");
    await page.locator("#passwordConfirm").fill("secret12345");
    await button("Create").click();
    await heading("This link does not work").waitFor();
    assert.match(await alert().innerText(), /expired or was used/);
  },
  async verify() {
    await heading("Your email is verified").waitFor();
    assert.match(await page.getByRole("status").innerText(), /ann@example.com/);
    assert.equal(await focused(), "title");
  },
  async reset() {
    await heading("Set a new password").waitFor();
    assert.match(await page.getByRole("status").innerText(), /ann@example.com/);
    await page.keyboard.type("new password of ann");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("something else");
    await page.keyboard.press("Enter");
    await page.getByText("Values don't match.").waitFor();
    await page.locator("#passwordConfirm").fill("new password of ann");
    await page.keyboard.press("Enter");
    await heading("Your password is set").waitFor();
  },
  async "reset-again"() {
    await page.locator("#password").fill("another password");
    await page.locator("#passwordConfirm").fill("another password");
    await page.keyboard.press("Enter");
    await heading("This link does not work").waitFor();
  },
  async change() {
    await heading("Confirm your new email").waitFor();
    assert.match(await page.getByRole("status").innerText(), /ann2@example.com/);
    await page.keyboard.type("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("Missing or invalid auth record password.").waitFor();
    await page.locator("#password").fill("new password of ann");
    await page.keyboard.press("Enter");
    await heading("Your email is changed").waitFor();
  },
  async broken() {
    await heading("This link does not work").waitFor();
    await alert().waitFor();
  },
  async oauth2() {
    await page.goto(`${url}success`);
    await heading("You are logged in").waitFor();
    await page.goto("about:blank");
    await page.goto(`${url}failure`);
    await heading("The login did not work").waitFor();
  },
  async landing() {
    await heading("The server is running").waitFor();
    assert.equal(new URL(page.url()).pathname, "/_/");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  },
};

try {
  await page.goto(url);
  await steps[step]();
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
}
