// A real OpenID provider for the tests: prints its port. Arguments are the redirect URLs that it allows.
//
// Whoever comes is logged in at once, as the account that `login_hint` names: `ann` is ann@example.com, an account whose
// name begins with `unverified-` has an email that nobody has verified.
import http from "node:http";
import { Provider } from "oidc-provider";

const redirects = process.argv.slice(2);
const client = (id, method) => ({
  client_id: id,
  client_secret: "s&cret/1 of the client",
  redirect_uris: redirects,
  token_endpoint_auth_method: method,
});

function account(id) {
  const name = id.replace("unverified-", "");
  return {
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${name}@example.com`,
      email_verified: !id.startsWith("unverified-"),
      name: `${name} of OpenID`,
      preferred_username: name,
      picture: "http://127.0.0.1:1/picture.png",
    }),
  };
}

let provider;
const server = http.createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const login = { accountId: params.login_hint ?? "ann" };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [client("client", "client_secret_basic"), client("posting", "client_secret_post")],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "picture"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["only for tests"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_, id) => account(id),
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  process.stdout.write(`${port}\n`);
});
