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
const entries = { "app.js": "app.js", "style.css": "style.css", "public.css": "public.css" };
const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const files = [];
for (const [name, entry] of Object.entries(entries)) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["es2022", "chrome123", "firefox121", "safari17.5"],
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
