// `kling_api.mjs WORKLOAD URL COUNT ...`: npm's kling-api, the one published client for Kling.
// Owns: nothing. Stands on: kling-api, common.mjs.
// Never: changes the package. It insists on https, so its axios instance is pointed at the loopback
// server afterwards; keep-alive is on, as Node's own agent has it.
import http from "node:http";
import { KlingAPI } from "kling-api";
import { AT_ONCE, atOnce, main, requests } from "./common.mjs";

function open(url) {
  const keys = { accessKey: "bench-access-key", secretKey: "bench-secret-key-0123456789" };
  const api = new KlingAPI(keys);
  Object.assign(api.client.defaults, {
    baseURL: url, proxy: false, httpAgent: new http.Agent({ keepAlive: true, maxSockets: AT_ONCE }),
  });
  return api;
}

const plain = { ...requests.task.request, duration: String(requests.task.request.duration) };
const quiet = { interval: 0, showSpinner: false };

async function tasks(url, count) {
  const api = open(url);
  return atOnce(count, async () => {
    const { data } = await api.textToVideo(plain);
    await api.waitForVideoResult(data.task_id, undefined, quiet);
  });
}

// Its own waiting loop, one a task; it ends by its timeout.
async function inflight(url, count, interval, seconds) {
  const api = open(url);
  let polls = 0;
  const query = async (id) => { const r = await api.queryTextToVideoTask(id); polls++; return r; };
  const options = { interval: interval * 1000, timeout: seconds * 1000, showSpinner: false };
  const watch = async (i) => {
    await new Promise((go) => setTimeout(go, (interval * 1000 * i) / count));
    const id = "8602607538" + String(i).padStart(8, "0");
    await api.waitForVideoResult(id, () => query(id), options).catch((e) => {
      if (!/timeout/i.test(e.message)) throw e;
    });
  };
  await Promise.all(Array.from({ length: count }, (_, i) => watch(i)));
  return polls;
}

async function upload(url, count, image) {
  const api = open(url);
  for (let i = 0; i < count; i++)
    await api.imageToVideo({ ...requests.upload.request, duration: "5", image });
  return count;
}

async function start(url, count) {
  await open(url).textToVideo(plain);
  return count;
}

await main({ tasks, inflight, upload, start });
