// What the Node contestants share: the command line, the request tables, the loops over tasks.
// Owns: nothing that is measured beyond what a user would write.
// Stands on: Node alone. Never: sends anything.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export const AT_ONCE = 32;
export const KEY = "Bearer sk-0123456789abcdef0123456789abcdef";
export const T2V = "/v1/videos/text2video";
export const I2V = "/v1/videos/image2video";
export const requests = JSON.parse(readFileSync(new URL("../requests.json", import.meta.url)));

export const withImage = (path) => ({
  ...requests.upload.request, image: readFileSync(path).toString("base64"),
});

/** `count` times `once()`, 32 at a time. */
export async function atOnce(count, once) {
  let left = count;
  const worker = async () => { while (left-- > 0) await once(); };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return count;
}

/** Calls `poll(id)` for each of `count` tasks every `interval` seconds; returns how many polls. */
export async function watchAll(count, interval, seconds, poll) {
  const stop = performance.now() + seconds * 1000;
  let polls = 0;
  const watch = async (i) => {
    let at = performance.now() + (interval * 1000 * i) / count;
    while (at < stop) {
      await sleep(Math.max(0, at - performance.now()));
      await poll("8602607538" + String(i).padStart(8, "0"));
      polls++;
      at = performance.now() + interval * 1000;
    }
  };
  await Promise.all(Array.from({ length: count }, (_, i) => watch(i)));
  return polls;
}

export async function main(workloads) {
  const [name, url, count, ...more] = process.argv.slice(2);
  console.log(JSON.stringify({ done: await workloads[name](url, Number(count), ...more) }));
  process.exit(0);
}
