// Row 4 as one builds it on BullMQ: a line of JSON in, `{"rate": jobs a second}` out.
//
// A job a message with its facts, a worker of 50 at once, Liquid parsed once, nodemailer's pool
// with pipelining as it comes. Jobs are enqueued before the clock starts. No ledger: the queue
// itself is all that remembers, as it is kept without an append-only file or with one by its server.

import { createInterface } from "node:readline";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { Liquid } from "liquidjs";
import nodemailer from "nodemailer";

const AT_ONCE = 50;

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ rate: await run(JSON.parse(line)) }));
}
process.exit(0);

async function run({ queue_url, smtp_port, connections, words, jobs }) {
  const connection = new Redis(address(queue_url), { db: 15, maxRetriesPerRequest: null });
  await connection.flushdb();
  const queue = new Queue("messages", { connection });
  await queue.addBulk(jobs.map((data) => ({ name: "send", data })));
  const mails = nodemailer.createTransport({
    host: "127.0.0.1", port: smtp_port, pool: true, maxConnections: connections,
    maxMessages: Infinity, ignoreTLS: true,
  });
  const write = writer(words);
  const began = performance.now();
  await drained(new Worker("messages", (job) => send(mails, write, job), {
    connection, concurrency: AT_ONCE, removeOnComplete: { count: 0 },
  }), jobs.length);
  const rate = jobs.length / ((performance.now() - began) / 1000);
  mails.close();
  await queue.close();
  connection.disconnect();
  return rate;
}

function address(url) {
  return url.startsWith("unix://") ? url.slice("unix://".length).split("?")[0] : url;
}

function drained(worker, count) {
  return new Promise((resolve, reject) => {
    let done = 0;
    worker.on("failed", (_, error) => reject(error));
    worker.on("completed", async () => {
      if (++done === count) {
        await worker.close();
        resolve();
      }
    });
  });
}

/** Give what turns facts into subject, text and HTML. */
function writer({ subject, text, html }) {
  const escaping = new Liquid({ outputEscape: "escape" });
  const plain = new Liquid();
  for (const one of [escaping, plain]) {
    one.registerFilter("money", (cents) => `$${(cents / 100).toFixed(2)}`);
  }
  const parsed = [plain.parse(subject), plain.parse(text), escaping.parse(html)];
  return (facts) => [
    plain.renderSync(parsed[0], facts), plain.renderSync(parsed[1], facts),
    escaping.renderSync(parsed[2], facts),
  ];
}

async function send(mails, write, { data }) {
  const [subject, text, html] = write(data.facts);
  await mails.sendMail({
    from: "Maple & Moss <hello@maple-and-moss.example>", to: data.to, subject, text, html,
    messageId: data.message_id,
    headers: {
      "List-Unsubscribe": `<${data.facts.links.unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  });
}
