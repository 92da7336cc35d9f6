// `undici.mjs WORKLOAD URL COUNT ...`: undici's Pool, the fastest client that npm has.
// Owns: 32 connections. Stands on: undici, common.mjs. Never: opens a connection a request.
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Pool } from "undici";
import { AT_ONCE, I2V, KEY, T2V, atOnce, main, requests, watchAll, withImage } from "./common.mjs";

const open = (url) => {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: AT_ONCE });
  const base = pathname.replace(/\/$/, "");
  return async (method, path, table) => {
    const headers = { authorization: KEY };
    if (table) headers["content-type"] = "application/json";
    const body = table && JSON.stringify(table);
    const reply = await pool.request({ method, path: base + path, headers, body });
    if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}`);
    return reply.body;
  };
};

const data = async (reply) => (await (await reply).json()).data;

async function tasks(url, count) {
  const ask = open(url);
  return atOnce(count, async () => {
    const { task_id } = await data(ask("POST", T2V, requests.task.request));
    while ((await data(ask("GET", `${T2V}/${task_id}`))).task_status !== "succeed");
  });
}

async function inflight(url, count, interval, seconds) {
  const ask = open(url);
  const poll = (id) => data(ask("GET", `${T2V}/${id}`));
  return watchAll(count, Number(interval), Number(seconds), poll);
}

async function upload(url, count, image) {
  const ask = open(url);
  for (let i = 0; i < count; i++) await data(ask("POST", I2V, withImage(image)));
  return count;
}

async function download(url, count, path) {
  const ask = open(url);
  for (let i = 0; i < count; i++)
    await pipeline(await ask("GET", "/files/clip.mp4"), createWriteStream(path));
  return count;
}

async function start(url, count) {
  await data(open(url)("POST", T2V, requests.task.request));
  return count;
}

await main({ tasks, inflight, upload, download, start });
