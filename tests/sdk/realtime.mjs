// Realtime through the official SDK, and files with thumbnails and tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "eventsource";
import PocketBase from "pocketbase";

globalThis.EventSource = EventSource;
const { PBR_URL: url, PBR_SUPERUSER_EMAIL: email, PBR_SUPERUSER_PASSWORD: password } = process.env;

const root = new PocketBase(url);
await root.collection("_superusers").authWithPassword(email, password);
const open = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
await root.collections.create({ name: "rooms", type: "base", ...open, fields: [{ name: "name", type: "text" }] });
const rooms = await root.collections.getOne("rooms");
await root.collections.create({
  name: "messages", type: "base", ...open, listRule: "text != 'secret'",
  fields: [
    { name: "text", type: "text" },
    { name: "room", type: "relation", collectionId: rooms.id },
    { name: "picture", type: "file", maxSelect: 1, protected: true, thumbs: ["8x8"] },
  ],
});

// What a subscription heard, once there is as much as expected.
function listen() {
  const heard = [];
  const until = async (length) => {
    while (heard.length < length) await new Promise((resolve) => setTimeout(resolve, 20));
    return heard;
  };
  return { hear: (event) => heard.push(event), until };
}

test("a list is followed with its options, a record by its id, and no more after unsubscribing", { timeout: 20000 }, async () => {
  const pb = new PocketBase(url);
  const room = await pb.collection("rooms").create({ name: "lobby" });
  const [list, one] = [listen(), listen()];
  await pb.collection("messages").subscribe("*", list.hear, { expand: "room", filter: "text ~ 'h'", fields: "id,text,expand.room.name" });
  const made = await pb.collection("messages").create({ text: "hello", room: room.id });
  const unsubscribe = await pb.collection("messages").subscribe(made.id, one.hear);
  await pb.collection("messages").create({ text: "secret", room: room.id });
  await pb.collection("messages").create({ text: "bye", room: room.id });
  await pb.collection("messages").update(made.id, { text: "oh" });
  await one.until(1);
  await unsubscribe();
  await pb.collection("messages").delete(made.id);
  const [first, second, third] = await list.until(3);
  assert.deepEqual([first.action, second.action, third.action], ["create", "update", "delete"]);
  assert.deepEqual(first.record, { id: made.id, text: "hello", expand: { room: { name: "lobby" } } });
  assert.equal((await one.until(1)).length, 1);
  await pb.collection("messages").unsubscribe();
  pb.realtime.unsubscribe();
});

test("a protected picture is loaded with a token, small and whole", async () => {
  const png = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), (c) => c.charCodeAt(0));
  const record = await root.collection("messages").create({ text: "x", picture: new File([png], "dot.png", { type: "image/png" }) });
  const token = await root.files.getToken();
  const load = async (query) => fetch(root.files.getURL(record, record.picture, query));
  assert.equal((await load({ token })).headers.get("content-type"), "image/png");
  assert.equal((await load({ token, thumb: "8x8" })).status, 200);
  await root.collections.update("messages", { viewRule: null });
  assert.equal((await load({})).status, 404);
  assert.equal((await load({ token })).status, 200);
});
