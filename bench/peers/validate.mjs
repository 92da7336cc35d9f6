// `validate.mjs encode - COUNT CLASS LIBRARY`: ajv or zod checks, JSON.stringify writes.
// Owns: the two rules that a JSON Schema can't say (sum of shots, one camera axis), in plain code.
// Stands on: ajv, zod, schema.json, common.mjs. Never: counts the compiling of a schema.
import { readFileSync } from "node:fs";
import { requests } from "./common.mjs";

const schema = JSON.parse(readFileSync(new URL("./schema.json", import.meta.url)));

const sumFits = ({ multi_prompt: shots, duration }) =>
  !shots || shots.reduce((sum, shot) => sum + shot.duration, 0) === duration;
const oneAxis = ({ camera_control: camera }) =>
  !camera?.config || Object.values(camera.config).filter((v) => v !== 0).length === 1;

async function withAjv(endpoint) {
  const { default: Ajv } = await import("ajv");
  const { definitions, [endpoint]: root } = schema;
  const valid = new Ajv({ allErrors: true, strict: false }).compile({ definitions, ...root });
  return (request) => valid(request) && sumFits(request) && oneAxis(request);
}

async function withZod(endpoint) {
  const { z } = await import("zod");
  const url = z.string().regex(/^https?:\/\//);
  const axis = z.number().min(-10).max(10).optional();
  const text = (max) => z.string().min(1).max(max);
  const shot = z.strictObject({
    index: z.int().min(1).max(6).optional(), prompt: text(512), duration: z.int().min(1).max(15),
  });
  const point = z.strictObject({ x: z.number(), y: z.number() });
  const config = z.strictObject(Object.fromEntries(
    ["horizontal", "vertical", "pan", "tilt", "roll", "zoom"].map((name) => [name, axis])));
  const { type } = schema.definitions.camera.properties;
  const both = {
    prompt: text(2500).optional(), negative_prompt: z.string().max(2500).optional(),
    mode: z.enum(["std", "pro"]).optional(), duration: z.int().min(3).max(15).optional(),
    cfg_scale: z.number().min(0).max(1).optional(), multi_shot: z.boolean().optional(),
    shot_type: z.enum(["customize", "intelligence"]).optional(),
    multi_prompt: z.array(shot).min(1).max(6).optional(), sound: z.enum(["on", "off"]).optional(),
    camera_control:
      z.strictObject({ type: z.enum(type.enum), config: config.optional() }).optional(),
    watermark_info: z.strictObject({ enabled: z.boolean() }).optional(),
    callback_url: url.optional(), external_task_id: z.string().optional(),
  };
  const own = {
    text2video: {
      model_name: z.enum(["kling-v3"]).optional(),
      aspect_ratio: z.enum(["16:9", "9:16", "1:1"]).optional(),
    },
    image2video: {
      model_name: z.enum(["kling-v2-master"]).optional(), image: url.optional(),
      image_tail: url.optional(), static_mask: url.optional(),
      dynamic_masks:
        z.array(z.strictObject({ mask: url, trajectories: z.array(point) })).max(6).optional(),
    },
  };
  const needs = (r) => (r.multi_shot
    ? r.shot_type && (r.shot_type === "customize" ? r.multi_prompt : r.prompt) : r.prompt);
  const frame = (r) => endpoint !== "image2video" || r.image || r.image_tail;
  const whole = z.strictObject({ ...both, ...own[endpoint] })
    .refine(needs).refine(frame).refine(sumFits).refine(oneAxis);
  return (request) => whole.safeParse(request).success;
}

const [, , count, name, library] = process.argv.slice(2);
const { endpoint, request } = requests[name];
const valid = await { ajv: withAjv, zod: withZod }[library](endpoint);
for (const wrong of [{ ...request, duration: 99 }, { ...request, surprise: 1 }])
  if (valid(wrong)) throw new Error("a wrong request was accepted");

let bytes = 0;
const encode = () => {
  if (!valid(request)) throw new Error("refused");
  bytes = JSON.stringify(request).length;
};
for (let i = 0; i < 20000; i++) encode();
const before = process.cpuUsage();
for (let i = 0; i < count; i++) encode();
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ done: Number(count), cpu: (user + system) / 1e6, bytes }));
