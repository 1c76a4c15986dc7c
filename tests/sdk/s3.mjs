// An S3 server for the tests: one bucket, kept in the folder that is given. Prints its port.
//
// Each object is a file `KEY._S3rver_object` below the bucket's folder. The only credentials are S3RVER and S3RVER.
// A third argument is what an upload in parts is answered with instead of `CompleteMultipartUploadResult`.
import { createRequire } from "node:module";
import S3rver from "s3rver";

// Empty folders stay: removing one while a file comes into it would end the server.
createRequire(import.meta.resolve("s3rver"))("fs-extra").rmdir = async () => {};

const [directory, bucket, completed] = process.argv.slice(2);
const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  silent: true,
  directory,
  configureBuckets: [{ name: bucket }],
});
server.middleware.unshift(async (context, next) => {
  await next();
  if (completed && typeof context.body === "string") {
    context.body = context.body.replaceAll("CompleteMultipartUploadResult", completed);
  }
});
const { port } = await server.run();
console.log(port);
