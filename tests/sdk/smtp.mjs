// An SMTP server for the tests: prints its port, then each mail as a line of JSON.
//
// Options come as JSON in the first argument: `tls` (from the first byte), `starttls`, `user` and `password` (then a
// login is needed), `methods`, `refuse` (a text: every recipient is refused with it), `delay` (milliseconds before the
// end of a mail is acknowledged), `key` and `cert` (files).
import fs from "node:fs";
import { SMTPServer } from "smtp-server";
import { simpleParser } from "mailparser";

const options = JSON.parse(process.argv[2] ?? "{}");
const disabled = [];
if (!options.user) disabled.push("AUTH");
if (!options.starttls) disabled.push("STARTTLS");

const server = new SMTPServer({
  secure: options.tls ?? false,
  ...(options.key && { key: fs.readFileSync(options.key), cert: fs.readFileSync(options.cert) }),
  disabledCommands: disabled,
  authOptional: !options.user,
  authMethods: options.methods ?? ["PLAIN", "LOGIN"],
  allowInsecureAuth: true,
  onAuth(auth, session, callback) {
    const good = auth.username === options.user && auth.password === options.password;
    session.method = auth.method;
    callback(good ? null : new Error("wrong credentials"), { user: auth.username });
  },
  onRcptTo(address, session, callback) {
    callback(options.refuse ? new Error(options.refuse) : null);
  },
  onData(stream, session, callback) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", async () => {
      const raw = Buffer.concat(chunks);
      const mail = await simpleParser(raw);
      const line = {
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((recipient) => recipient.address),
        hello: session.hostNameAppearsAs || "",
        secure: Boolean(session.secure),
        user: session.user || "",
        method: session.method || "",
        subject: mail.subject ?? "",
        text: mail.text ?? "",
        html: mail.html || "",
        raw: raw.toString("latin1"),
      };
      setTimeout(() => {
        process.stdout.write(JSON.stringify(line) + "\n");
        callback();
      }, options.delay ?? 0);
    });
  },
});
server.on("error", (error) => process.stderr.write(`${error.message}\n`));
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.server.address().port}\n`));
