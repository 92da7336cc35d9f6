// `fetch.mjs WORKLOAD URL COUNT ...`: the fetch that Node has built in.
// Owns: nothing. Stands on: Node, common.mjs. Never: limits connections; 32 workers do.
import { KEY, I2V, T2V, atOnce, main, requests, withImage } from "./common.mjs";

async function ask(method, url, table) {
  const headers = { authorization: KEY };
  if (table) headers["content-type"] = "application/json";
  const reply = await fetch(url, { method, headers, body: table && JSON.stringify(table) });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return (await reply.json()).data;
}

async function tasks(url, count) {
  return atOnce(count, async () => {
    const { task_id } = await ask("POST", url + T2V, requests.task.request);
    while ((await ask("GET", `${url}${T2V}/${task_id}`)).task_status !== "succeed");
  });
}

async function upload(url, count, image) {
  for (let i = 0; i < count; i++) await ask("POST", url + I2V, withImage(image));
  return count;
}

async function start(url, count) {
  await ask("POST", url + T2V, requests.task.request);
  return count;
}

await main({ tasks, upload, start });
