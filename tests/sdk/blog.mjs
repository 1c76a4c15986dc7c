// The official JavaScript SDK, unchanged, against a server that serves the seeded blog template.
//
//   PBR_URL                  base URL of the server (default http://127.0.0.1:8090)
//   PBR_SUPERUSER_EMAIL      a superuser of that server
//   PBR_SUPERUSER_PASSWORD
//
// The tests add their own rows and remove them, so they can run again on the same data.

import assert from "node:assert/strict";
import { File } from "node:buffer";
import { after, before, describe, test } from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";

const url = process.env.PBR_URL ?? "http://127.0.0.1:8090";
const superuser = { email: process.env.PBR_SUPERUSER_EMAIL, password: process.env.PBR_SUPERUSER_PASSWORD };
const password = "correct horse battery";
const unique = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
const email = `reader-${unique}@example.com`;

function client() {
  const pb = new PocketBase(url);
  pb.autoCancellation(false);
  return pb;
}

async function loggedIn(identity, secret) {
  const pb = client();
  await pb.collection("users").authWithPassword(identity, secret);
  return pb;
}

async function rejection(promise) {
  const error = await promise.then(
    () => assert.fail("the request should have been refused"),
    (error) => error,
  );
  assert.ok(error instanceof ClientResponseError, String(error));
  return error;
}

const slugs = (records) => records.map((record) => record.slug);
const wireDate = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/;

const guest = client();
const user = client();
const alice = await loggedIn("alice@example.com", "secret123");
const tags = Object.fromEntries((await guest.collection("tags").getFullList()).map((tag) => [tag.slug, tag]));

describe("accounts", () => {
  test("a guest signs up", async () => {
    const record = await guest.collection("users").create({ email, password, passwordConfirm: password, name: "Reader" });
    assert.match(record.id, /^[a-z0-9]{15}$/);
    assert.equal(record.collectionName, "users");
    assert.equal(record.name, "Reader");
    assert.equal(record.verified, false);
    assert.equal(record.avatar, "");
    assert.equal("email" in record, false);
    assert.equal("password" in record, false);
    assert.equal("tokenKey" in record, false);
  });

  test("an email signs up once", async () => {
    const error = await rejection(guest.collection("users").create({ email, password, passwordConfirm: password, name: "Again" }));
    assert.equal(error.status, 400);
    assert.equal(error.response.data.email.code, "validation_not_unique");
  });

  test("a sign-up needs the same password twice", async () => {
    const error = await rejection(
      guest.collection("users").create({ email: `x-${email}`, password, passwordConfirm: "something else", name: "Reader" }),
    );
    assert.equal(error.status, 400);
    assert.deepEqual(error.response.data, {
      passwordConfirm: { code: "validation_values_mismatch", message: "Values don't match." },
    });
  });

  test("a wrong password is refused", async () => {
    const error = await rejection(client().collection("users").authWithPassword(email, "wrong password"));
    assert.equal(error.status, 400);
    assert.deepEqual(error.response, { data: {}, message: "Failed to authenticate.", status: 400 });
  });

  test("an unknown email is refused in the same words", async () => {
    const error = await rejection(client().collection("users").authWithPassword("nobody@example.com", password));
    assert.deepEqual(error.response, { data: {}, message: "Failed to authenticate.", status: 400 });
  });

  test("the right password logs in", async () => {
    const { token, record } = await user.collection("users").authWithPassword(email, password);
    assert.equal(token.split(".").length, 3);
    assert.equal(record.email, email);
    assert.equal(user.authStore.isValid, true);
    assert.equal(user.authStore.record.id, record.id);
  });

  test("a login is refreshed", async () => {
    const before = user.authStore.record.id;
    const { token, record } = await user.collection("users").authRefresh();
    assert.equal(record.id, before);
    assert.equal(user.authStore.token, token);
    assert.equal(user.authStore.isValid, true);
  });

  test("a guest has nothing to refresh", async () => {
    const error = await rejection(client().collection("users").authRefresh());
    assert.equal(error.status, 401);
  });

  test("users see their own email and no other", async () => {
    const own = await user.collection("users").getOne(user.authStore.record.id);
    assert.equal(own.email, email);
    const other = await user.collection("users").getOne(alice.authStore.record.id);
    assert.equal(other.name, "Alice");
    assert.equal("email" in other, false);
  });

  test("the list of users shows authors, and oneself", async () => {
    const names = (records) => records.map((record) => record.name);
    assert.deepEqual(names(await guest.collection("users").getFullList({ sort: "name" })), ["Alice", "Bob"]);
    assert.deepEqual(names(await user.collection("users").getFullList({ sort: "name" })), ["Alice", "Bob", "Reader"]);
  });

  test("users rename themselves and nobody else", async () => {
    const renamed = await user.collection("users").update(user.authStore.record.id, { name: "Writer" });
    assert.equal(renamed.name, "Writer");
    const error = await rejection(user.collection("users").update(alice.authStore.record.id, { name: "Mallory" }));
    assert.equal(error.status, 404);
  });
});

describe("reading", () => {
  test("a list is filtered, sorted, expanded and trimmed to fields", async () => {
    const page = await guest.collection("posts").getList(1, 2, {
      filter: guest.filter("status = {:status} && tags.slug ?= {:tag}", { status: "published", tag: "databases" }),
      sort: "-title",
      expand: "author,tags,comments_via_post",
      fields:
        "slug,body:excerpt(20,true),expand.author.name,expand.author.email,expand.tags.slug,expand.comments_via_post.text",
    });
    assert.equal(page.page, 1);
    assert.equal(page.perPage, 2);
    assert.equal(page.totalItems, 1);
    assert.equal(page.totalPages, 1);
    assert.deepEqual(page.items, [
      {
        slug: "an-index-is-a-promise",
        body: "An index answers one...",
        expand: {
          author: { name: "Alice" },
          tags: [{ slug: "databases" }, { slug: "rust" }],
          comments_via_post: [{ text: "Partial indexes deserve a paragraph too." }],
        },
      },
    ]);
  });

  test("a record has every field in the wire's form", async () => {
    const post = await guest.collection("posts").getFirstListItem('slug = "hello-world"');
    assert.deepEqual(Object.keys(post).sort(), [
      "author", "body", "collectionId", "collectionName", "cover", "created", "id", "slug", "status", "tags", "title", "updated",
    ]);
    assert.match(post.created, wireDate);
    assert.match(post.updated, wireDate);
    assert.equal(post.author, alice.authStore.record.id);
    assert.deepEqual(post.tags, [tags.writing.id]);
    assert.match(post.cover, /^cover_[a-z0-9]{10}\.png$/);
  });

  test("the cover is served", async () => {
    const post = await guest.collection("posts").getFirstListItem('slug = "hello-world"');
    const response = await fetch(guest.files.getURL(post, post.cover));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "image/png");
    const signature = new Uint8Array(await response.arrayBuffer()).subarray(1, 4);
    assert.equal(Buffer.from(signature).toString(), "PNG");
  });

  test("pages follow each other", async () => {
    const options = { sort: "title", filter: 'author.name != "Nobody"' };
    const first = await guest.collection("posts").getList(1, 2, options);
    const second = await guest.collection("posts").getList(2, 2, options);
    assert.equal(first.totalItems, 3);
    assert.equal(first.totalPages, 2);
    assert.deepEqual(
      [...slugs(first.items), ...slugs(second.items)],
      ["an-index-is-a-promise", "hello-world", "small-pages-load-fast"],
    );
    const untold = await guest.collection("posts").getList(1, 2, { ...options, skipTotal: true });
    assert.equal(untold.totalItems, -1);
    assert.equal(untold.totalPages, -1);
  });

  test("the whole list is fetched in small pages", async () => {
    const posts = await guest.collection("posts").getFullList({ batch: 2, sort: "title" });
    assert.deepEqual(slugs(posts), ["an-index-is-a-promise", "hello-world", "small-pages-load-fast"]);
  });

  test("the first match is found, and its absence reported", async () => {
    const post = await guest.collection("posts").getFirstListItem('author.name = "Bob"', { expand: "author" });
    assert.equal(post.slug, "small-pages-load-fast");
    assert.equal(post.expand.author.name, "Bob");
    const error = await rejection(guest.collection("posts").getFirstListItem('slug = "no-such-post"'));
    assert.equal(error.status, 404);
  });

  test("one record is read by id", async () => {
    const { id } = await guest.collection("posts").getFirstListItem('slug = "hello-world"');
    const post = await guest.collection("posts").getOne(id, { expand: "comments_via_post.author" });
    const comments = post.expand.comments_via_post.map((comment) => `${comment.expand.author.name}: ${comment.text}`);
    assert.deepEqual(comments.sort(), ["Alice: Thank you.", "Bob: Welcome!"]);
  });

  test("an unknown record, collection and filter are told apart", async () => {
    const record = await rejection(guest.collection("posts").getOne("aaaaaaaaaaaaaaa"));
    assert.deepEqual(record.response, { data: {}, message: "The requested resource wasn't found.", status: 404 });
    const collection = await rejection(guest.collection("nothing").getList(1, 1));
    assert.deepEqual(collection.response, { data: {}, message: "Missing collection context.", status: 404 });
    const filter = await rejection(guest.collection("posts").getList(1, 1, { filter: "nope = 1" }));
    assert.deepEqual(filter.response, {
      data: {},
      message: "Something went wrong while processing your request.",
      status: 400,
    });
  });

  test("a draft is for its author", async () => {
    const isDraft = 'slug = "what-comes-next"';
    assert.equal((await guest.collection("posts").getList(1, 1, { filter: isDraft })).totalItems, 0);
    assert.equal((await user.collection("posts").getList(1, 1, { filter: isDraft })).totalItems, 0);
    const draft = await alice.collection("posts").getFirstListItem(isDraft);
    assert.equal(draft.status, "draft");
    assert.equal((await rejection(guest.collection("posts").getOne(draft.id))).status, 404);
  });

  test("a filter by a guest cannot reach a hidden field", async () => {
    const error = await rejection(guest.collection("posts").getList(1, 1, { filter: 'author.tokenKey ~ "a"' }));
    assert.equal(error.status, 400);
    const request = await rejection(guest.collection("posts").getList(1, 1, { filter: '@collection.users.id != ""' }));
    assert.equal(request.status, 403);
  });
});

describe("writing", () => {
  let post;

  test("a user writes a draft", async () => {
    post = await user.collection("posts").create({
      title: "A first draft",
      slug: `a-first-draft-${unique}`,
      body: "Not yet <b>finished</b> & not yet seen.",
      status: "draft",
      author: user.authStore.record.id,
      tags: [tags.rust.id],
    });
    assert.match(post.id, /^[a-z0-9]{15}$/);
    assert.equal(post.body, "Not yet <b>finished</b> & not yet seen.");
    assert.equal(post.cover, "");
    assert.deepEqual(post.tags, [tags.rust.id]);
    assert.match(post.created, wireDate);
    assert.ok(post.updated >= post.created);
    assert.equal((await rejection(guest.collection("posts").getOne(post.id))).status, 404);
  });

  test("invalid fields are reported together", async () => {
    const error = await rejection(
      user.collection("posts").create({
        title: "",
        slug: "Not A Slug",
        status: "secret",
        author: user.authStore.record.id,
        tags: ["aaaaaaaaaaaaaaa"],
      }),
    );
    assert.equal(error.status, 400);
    assert.deepEqual(error.response, {
      data: {
        slug: { code: "validation_invalid_format", message: "Invalid value format." },
        status: { code: "validation_invalid_value", message: "Invalid value secret.", params: { value: "secret" } },
        tags: {
          code: "validation_missing_rel_records",
          message: "Failed to find all relation records with the provided ids.",
        },
        title: { code: "validation_required", message: "Cannot be blank." },
      },
      message: "Failed to create record.",
      status: 400,
    });
  });

  test("a slug is used once", async () => {
    const error = await rejection(
      user.collection("posts").create({ title: "x", slug: post.slug, status: "draft", author: user.authStore.record.id }),
    );
    assert.deepEqual(error.response, {
      data: { slug: { code: "validation_not_unique", message: "Value must be unique." } },
      message: "Failed to create record.",
      status: 400,
    });
  });

  test("a guest cannot write, and nobody writes under another name", async () => {
    const body = { title: "x", slug: `forged-${unique}`, status: "published", author: alice.authStore.record.id };
    for (const pb of [guest, user]) {
      const error = await rejection(pb.collection("posts").create(body));
      assert.deepEqual(error.response, { data: {}, message: "Failed to create record.", status: 400 });
    }
  });

  test("an author publishes and tags with modifiers", async () => {
    const collection = user.collection("posts");
    const published = await collection.update(post.id, { status: "published", "tags+": tags.web.id });
    assert.equal(published.status, "published");
    assert.deepEqual(published.tags, [tags.rust.id, tags.web.id]);
    const prepended = await collection.update(post.id, { "+tags": [tags.writing.id] });
    assert.deepEqual(prepended.tags, [tags.writing.id, tags.rust.id, tags.web.id]);
    const removed = await collection.update(post.id, { "tags-": [tags.rust.id, tags.writing.id] }, { expand: "tags" });
    assert.deepEqual(slugs(removed.expand.tags), ["web"]);
    assert.equal(removed.title, post.title);
    assert.equal(removed.created, post.created);
    assert.ok(removed.updated >= post.updated);
    assert.equal((await guest.collection("posts").getOne(post.id)).slug, post.slug);
  });

  test("an update is validated", async () => {
    const error = await rejection(user.collection("posts").update(post.id, { title: "x".repeat(201) }));
    assert.deepEqual(error.response, {
      data: {
        title: {
          code: "validation_max_text_constraint",
          message: "Must be no more than 200 character(s).",
          params: { max: 200 },
        },
      },
      message: "Failed to update record.",
      status: 400,
    });
  });

  test("a cover is uploaded and removed", async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const cover = new File([png], "My Cover.png", { type: "image/png" });
    const withCover = await user.collection("posts").update(post.id, { cover });
    assert.match(withCover.cover, /^my_cover_[a-z0-9]{10}\.png$/);
    const response = await fetch(user.files.getURL(withCover, withCover.cover));
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), png);

    const text = new File(["plain text"], "cover.png", { type: "image/png" });
    const error = await rejection(user.collection("posts").update(post.id, { cover: text }));
    assert.equal(error.response.data.cover.code, "validation_invalid_mime_type");

    const without = await user.collection("posts").update(post.id, { cover: null });
    assert.equal(without.cover, "");
    assert.equal((await fetch(user.files.getURL(withCover, withCover.cover))).status, 404);
  });

  test("a post cannot be given away", async () => {
    const error = await rejection(user.collection("posts").update(post.id, { author: alice.authStore.record.id }));
    assert.equal(error.status, 404);
  });

  test("a post of somebody else cannot be changed or deleted", async () => {
    const other = await guest.collection("posts").getFirstListItem('slug = "hello-world"');
    for (const pb of [guest, user]) {
      assert.equal((await rejection(pb.collection("posts").update(other.id, { title: "Mine now" }))).status, 404);
      assert.equal((await rejection(pb.collection("posts").delete(other.id))).status, 404);
    }
    assert.equal((await guest.collection("posts").getOne(other.id)).title, "Hello, world");
  });

  test("a locked collection is for superusers", async () => {
    const error = await rejection(user.collection("tags").create({ name: "New", slug: "new" }));
    assert.deepEqual(error.response, { data: {}, message: "Only superusers can perform this action.", status: 403 });
  });

  test("comments go below published posts and are removed by the post's author", async () => {
    const author = alice.authStore.record.id;
    const comment = await alice.collection("comments").create({ post: post.id, author, text: "Well said." });
    const expanded = await guest.collection("posts").getOne(post.id, { expand: "comments_via_post" });
    assert.deepEqual(expanded.expand.comments_via_post.map(({ text }) => text), ["Well said."]);
    assert.equal((await rejection(guest.collection("comments").delete(comment.id))).status, 404);
    assert.equal(await user.collection("comments").delete(comment.id), true);

    await user.collection("posts").update(post.id, { status: "draft" });
    const error = await rejection(alice.collection("comments").create({ post: post.id, author, text: "Too late." }));
    assert.deepEqual(error.response, { data: {}, message: "Failed to create record.", status: 400 });
  });

  test("a post takes its comments along", async () => {
    await user.collection("posts").update(post.id, { status: "published" });
    const comment = await alice
      .collection("comments")
      .create({ post: post.id, author: alice.authStore.record.id, text: "Farewell." });
    assert.equal(await user.collection("posts").delete(post.id), true);
    assert.equal((await rejection(guest.collection("posts").getOne(post.id))).status, 404);
    assert.equal((await rejection(alice.collection("comments").getOne(comment.id))).status, 404);
    assert.equal((await rejection(user.collection("posts").delete(post.id))).status, 404);
  });

  test("an author with posts cannot be deleted", async () => {
    const error = await rejection(alice.collection("users").delete(alice.authStore.record.id));
    assert.equal(error.status, 400);
    assert.match(error.response.message, /required relation reference/);
  });

  test("users delete themselves, and their token dies with them", async () => {
    const { id } = user.authStore.record;
    const token = user.authStore.token;
    assert.equal(await user.collection("users").delete(id), true);
    assert.equal(user.authStore.isValid, false);
    const late = client();
    late.authStore.save(token, { id, collectionName: "users", collectionId: "_pb_users_auth_" });
    assert.equal((await rejection(late.collection("users").authRefresh())).status, 401);
  });
});

describe("superusers", { skip: superuser.email ? false : "PBR_SUPERUSER_EMAIL is not set" }, () => {
  const pb = client();
  const made = [];

  before(() => pb.collection("_superusers").authWithPassword(superuser.email, superuser.password));
  after(() => Promise.all(made.map((tag) => pb.collection("tags").delete(tag.id))));

  test("see every record", async () => {
    assert.equal(pb.authStore.isSuperuser, true);
    const posts = await pb.collection("posts").getFullList({ sort: "slug" });
    assert.deepEqual(slugs(posts), [
      "an-index-is-a-promise", "hello-world", "reading-a-migration", "small-pages-load-fast", "what-comes-next",
    ]);
  });

  test("see emails but no secrets", async () => {
    const [first] = await pb.collection("users").getFullList({ sort: "email" });
    assert.equal(first.email, "alice@example.com");
    assert.equal("password" in first, false);
    assert.equal("tokenKey" in first, false);
  });

  test("write to locked collections", async () => {
    const tag = await pb.collection("tags").create({ name: "Tests", slug: `tests-${unique}` });
    made.push(tag);
    assert.equal((await guest.collection("tags").getOne(tag.id)).name, "Tests");
  });

  test("read the collections", async () => {
    const names = (await pb.collections.getFullList()).map((collection) => collection.name);
    for (const name of ["users", "tags", "posts", "comments", "_superusers"]) assert.ok(names.includes(name), name);
    const posts = await pb.collections.getOne("posts");
    assert.equal(posts.listRule, 'status = "published" || author = @request.auth.id');
  });

  test("are not users", async () => {
    const error = await rejection(client().collection("users").authWithPassword(superuser.email, superuser.password));
    assert.equal(error.status, 400);
  });
});
