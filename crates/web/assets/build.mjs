// Bundles style and script into one directory, each file named by the digest of its content and compressed
// once, here, so that the server never does. Usage: node build.mjs OUT
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
// What screens load, by browsers that Tend chooses; and what other people's pages load, by everybody's.
const ours = { format: "esm", target: ["es2022", "chrome123", "firefox121", "safari17.5"] };
const everybody = ["es2020", "chrome87", "firefox78", "safari15"];
const entries = [
  { name: "app.js", entry: "app.js", how: ours },
  { name: "style.css", entry: "style.css", how: ours },
  { name: "public.css", entry: "public.css", how: ours },
  { name: "vitals.js", entry: "vitals.js", how: { format: "esm", target: everybody } },
  // The tracker names the vitals by their digest, so it is bundled after them.
  {
    name: "t.js",
    entry: "tracker.js",
    how: () => ({ format: "iife", target: everybody, define: { VITALS: JSON.stringify(`t/${fileOf("vitals.js")}`) } }),
  },
];
const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const files = [];
const fileOf = (wanted) => files.find(({ name }) => name === wanted).file;
for (const { name, entry, how } of entries) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    ...(typeof how === "function" ? how() : how),
    legalComments: "none",
    logLevel: "warning",
  });
  const bytes = Buffer.from(outputFiles[0].contents);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const [stem, kind] = name.split(".");
  const file = `${stem}-${digest}.${kind}`;
  await writeFile(join(out, file), bytes);
  await writeFile(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  files.push({ name, file, type: types[kind] });
}
const rows = files.map(({ name, file, type }) =>
  `    Asset { name: ${JSON.stringify(name)}, file: ${JSON.stringify(file)}, kind: ${JSON.stringify(type)}, ` +
  `plain: include_bytes!(${JSON.stringify(join(out, file))}), gzip: include_bytes!(${JSON.stringify(join(out, `${file}.gz`))}) },\n`);
await writeFile(join(out, "assets.rs"), `pub(crate) const ASSETS: &[Asset] = &[\n${rows.join("")}];\n`);
