#!/usr/bin/env node
import { setFlagsFromString as __setV8Flags } from 'node:v8'
__setV8Flags('--liftoff-only')
import { createRequire as __createRequire } from 'node:module'
import { dirname as __dirnameOf } from 'node:path'
import { fileURLToPath as __fileURLToPath } from 'node:url'
const require = __createRequire(import.meta.url)
const __bundledFilename = __fileURLToPath(import.meta.url)
const __bundledDirname = __dirnameOf(__bundledFilename)
import {
  INPUTS,
  SyncError,
  describeSources,
  endOnSignals,
  errorCode,
  errorsOf,
  exists,
  hintOfUnexpected,
  import_yaml,
  inScratch,
  isEnvironmentName,
  isInputName,
  isMapping,
  isPlatform,
  isTexts,
  log,
  messageOf,
  oneLine,
  outputsOf,
  pageAddress,
  parseYaml,
  readImages,
  readSettings,
  refuseWindows,
  reportOf,
  syncImages
} from "./chunk-XYEPVFJL.js";
import "./chunk-XBOM3RI6.js";
import "./chunk-HX6QK7UP.js";

// src/cli.ts
import { fileURLToPath } from "node:url";

// src/terminal/run.ts
import { mkdir as mkdir2, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname as dirname2, join as join3, relative, resolve, sep } from "node:path";

// src/terminal/init.ts
import { appendFile, mkdir, readFile as readFile2, writeFile } from "node:fs/promises";
import { dirname, join as join2, posix as posix3 } from "node:path";

// src/terminal/first-files.ts
import { posix } from "node:path";
var SCHEMA = "# yaml-language-server: $schema=https://raw.githubusercontent.com/conda-lock-sync/conda-lock-sync/main/settings.schema.json\n";
function settingsFor({ images, shared }) {
  const own = images.map((image) => ({ image, values: valuesOf(image, shared) }));
  const [first, ...others] = own;
  if (first === void 0) throw new Error("a repository without an environment file");
  if (others.length === 0 && first.image.folder === ".") return write({ ...first.values, relock: 7 });
  const common = Object.entries(first.values).filter(
    ([name, value]) => others.every(({ values }) => JSON.stringify(values[name]) === JSON.stringify(value))
  );
  const differing = own.map(({ image, values }) => {
    const rest = Object.entries(values).filter(([name]) => !common.some(([known]) => known === name));
    return [image.folder, rest.length === 0 ? null : Object.fromEntries(rest)];
  });
  return write({ ...Object.fromEntries(common), relock: 7, images: Object.fromEntries(differing) });
}
function write(values) {
  const text = (0, import_yaml.stringify)(values, { lineWidth: 120, nullStr: "" });
  return SCHEMA + text.replace(/^relock: .*$/m, (line) => `${line} # ${RELOCK}`);
}
var RELOCK = "days; at once when an environment file has changed, here or upstream";
function valuesOf(image, shared) {
  const inherited = shared.flatMap(
    ({ folder: folder2, environmentFiles: environmentFiles2 }) => environmentFiles2.map((name) => posix.join(posix.relative(image.folder, folder2), name))
  );
  const environmentFiles = [...inherited, ...image.environmentFiles];
  const { lockfile, explicitLockfile, platforms } = image;
  return {
    "upstream-files": upstreamOf(image),
    ...environmentFiles.join() === "environment.yml" ? {} : { "environment-files": environmentFiles },
    ...lockfile === void 0 || lockfile === "conda-lock.yml" ? {} : { lockfile },
    ...explicitLockfile === void 0 || explicitLockfile === "conda-{platform}.lock" ? {} : { "explicit-lockfile": explicitLockfile },
    ...platforms.length === 0 || platforms.join() === "linux-64" ? {} : { platforms }
  };
}
var PANGEO = /(?:^|\/)pangeo\/(base-notebook|pangeo-notebook|ml-notebook|pytorch-notebook)(?=[:@]|$)/;
function upstreamOf({ baseImage, hasCopies }) {
  const name = PANGEO.exec(baseImage ?? "")?.[1] ?? (hasCopies ? "pangeo-notebook" : void 0);
  if (name === void 0) return "none";
  return {
    "base-notebook/environment.yml": "BNenvironment.yml",
    ...name === "base-notebook" ? {} : { [`${name}/environment.yml`]: "NBenvironment.yml" }
  };
}
function lockfileAttributes({ images }) {
  const patterns = images.flatMap(({ lockfile, explicitLockfile }) => [
    lockfile ?? INPUTS.lockfile.default,
    explicitLockfile ?? INPUTS["explicit-lockfile"].default,
    INPUTS["pip-requirements"].default
  ]);
  const quoted = patterns.map((name) => name.replace("{platform}", "*")).map((name) => /[\s"]/.test(name) ? JSON.stringify(name) : name);
  return new Map(quoted.map((pattern) => [pattern, `${pattern} linguist-generated -merge`]));
}
function workflowFor(example, branch, { images, shared }) {
  const names = [...images, ...shared].flatMap((image) => image.environmentFiles.map((name) => posix.basename(name)));
  const paths = [.../* @__PURE__ */ new Set(["environment.yml", ...names])].map((name) => JSON.stringify(`**/${name}`));
  return example.split("\n").slice(example.split("\n").findIndex((line) => !line.startsWith("#"))).join("\n").replace("['**/environment.yml',", (all) => paths.length === 1 ? all : `[${paths.join(", ")},`).replace("branches: [main] # your default branch", `branches: [${JSON.stringify(branch)}]`);
}

// src/terminal/survey.ts
import { readdir, readFile } from "node:fs/promises";
import { join, posix as posix2 } from "node:path";
var DEEPEST = 4;
var SKIPPED = /^(?:\.git|node_modules|__pycache__|\.venv|venv)$/;
var ENVIRONMENT = /^(?:.*[-_.])?env(?:ironment)?(?:[-_.].*)?\.ya?ml$/i;
var COPY = /^(?:NB|BN)environment\.yml$/;
var SHARED = /^(?:common|shared|base)$/;
async function survey(root) {
  const folders = await findFolders(root, ".", 0);
  const surveyed = (await Promise.all(folders.map((folder2) => surveyFolder(root, folder2)))).flat();
  const found = surveyed.filter((image) => !isPartOfOthers(image, surveyed));
  const shared = found.filter(({ folder: folder2 }) => found.length > 1 && SHARED.test(posix2.basename(folder2)));
  return { images: found.filter((image) => !shared.includes(image)), shared };
}
function isPartOfOthers({ folder: folder2, environmentFiles, lockfile, explicitLockfile }, all) {
  if (lockfile !== void 0 || explicitLockfile !== void 0) return false;
  const locked = all.filter((other) => other.folder !== folder2 && other.lockfile !== void 0).flatMap((other) => other.environmentFiles.map((name) => posix2.join(other.folder, name)));
  return environmentFiles.every((name) => locked.includes(posix2.join(folder2, name)));
}
async function findFolders(root, folder2, depth) {
  if (depth > DEEPEST) return [];
  const entries = await readdir(join(root, folder2), { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory() && !SKIPPED.test(entry.name)).map((entry) => findFolders(root, posix2.join(folder2, entry.name), depth + 1));
  return [folder2, ...(await Promise.all(inner)).flat()].toSorted();
}
async function surveyFolder(root, folder2) {
  const entries = await readdir(join(root, folder2), { withFileTypes: true });
  const names = entries.flatMap((entry) => entry.isFile() ? [entry.name] : []).toSorted();
  const read = (name) => readFile(join(root, folder2, name), "utf8");
  const candidates = await selectAsync(
    names.filter((name) => ENVIRONMENT.test(name) && !COPY.test(name)),
    async (name) => /^dependencies:/m.test(await read(name))
  );
  const { lockfile, explicitLockfile, madeFrom, platforms } = await surveyLocks(names, read);
  const sources = await existing(join(root, folder2), madeFrom);
  const environmentFiles = chooseFiles(candidates, sources.filter(isEnvironmentName));
  if (environmentFiles.length === 0) return [];
  const asked = platforms.length > 0 ? [] : (await Promise.all(environmentFiles.map(read))).flatMap(platformsOf);
  const dockerfile = names.find((name) => /^Dockerfile$/i.test(name));
  return [
    {
      folder: folder2,
      environmentFiles,
      others: candidates.filter((name) => !environmentFiles.includes(name)),
      projects: sources.filter((source) => !isEnvironmentName(source)),
      lockfile,
      explicitLockfile,
      platforms: [.../* @__PURE__ */ new Set([...platforms, ...asked])].toSorted(),
      baseImage: dockerfile === void 0 ? void 0 : baseImageOf(await read(dockerfile)),
      hasCopies: names.some((name) => COPY.test(name))
    }
  ];
}
async function surveyLocks(names, read) {
  const [lockfile] = await selectAsync(
    names.filter((name) => /\.ya?ml$/.test(name)),
    async (name) => isUnifiedLock(await read(name))
  );
  const explicit = await selectAsync(
    names.filter((name) => /\.(?:lock|txt)$/.test(name)),
    async (name) => /^@EXPLICIT\s*$/m.test(await read(name))
  );
  const [explicitLockfile] = explicit.map(asTemplate);
  const head = lockfile === void 0 ? "" : await read(lockfile);
  const platforms = [
    ...listAtHead(head, "platforms").filter(isPlatform),
    ...explicit.filter((name) => asTemplate(name) === explicitLockfile).flatMap(platformsIn)
  ];
  return { lockfile, explicitLockfile, madeFrom: listAtHead(head, "sources"), platforms };
}
async function selectAsync(names, test) {
  const results = await Promise.all(names.map(test));
  return names.filter((_, index) => results[index]);
}
function isUnifiedLock(text) {
  return /^metadata:\s*$/m.test(text) && /^package:/m.test(text);
}
function chooseFiles(candidates, sources) {
  const own = sources.filter((source) => !COPY.test(posix2.basename(source)));
  if (own.length > 0) return own;
  const usual = candidates.filter((name) => /^environment\.ya?ml$/.test(name));
  return usual.length > 0 ? usual : candidates;
}
async function existing(folder2, paths) {
  return selectAsync(paths, (path) => exists(join(folder2, path)));
}
function listAtHead(text, key) {
  const lines = text.split("\n", HEAD);
  const start = lines.indexOf(`  ${key}:`);
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith("  - "));
  return rest.slice(0, Math.max(0, end)).map((line) => line.slice("  - ".length).trim());
}
var HEAD = 200;
function platformsIn(name) {
  return [...name.matchAll(PLATFORM)].map(([platform]) => platform).filter(isPlatform);
}
var PLATFORM = /(?:linux|osx|win)-(?:64|aarch64|arm64|ppc64le)/g;
function asTemplate(name) {
  return name.replace(PLATFORM, "{platform}");
}
function platformsOf(text) {
  try {
    const { value } = parseYaml(text);
    const platforms = isMapping(value) ? value.platforms : void 0;
    return isTexts(platforms) ? platforms.filter(isPlatform) : [];
  } catch {
    return [];
  }
}
function baseImageOf(dockerfile) {
  const defaults = new Map(
    [...dockerfile.matchAll(/^[ \t]*ARG[ \t]+(\w+)=(\S+)/gim)].map(([, name = "", value = ""]) => [
      name,
      unquoted(value)
    ])
  );
  const stages = /* @__PURE__ */ new Map();
  let last;
  for (const [, image = "", stage] of dockerfile.matchAll(FROM)) {
    const filled = image.replace(
      /\$\{?(\w+)(?::-([^}]*))?\}?/g,
      (whole, name, otherwise) => defaults.get(name) ?? otherwise ?? whole
    );
    last = stages.get(filled.toLowerCase()) ?? filled;
    if (stage !== void 0) stages.set(stage.toLowerCase(), last);
  }
  return last;
}
var FROM = /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim;
function unquoted(value) {
  return value.replace(/^(["'])(.*)\1$/, "$2");
}

// src/terminal/init.ts
var ATTRIBUTES = ".gitattributes";
var WORKFLOW = ".github/workflows/conda-lock-sync.yml";
async function init(root, examples) {
  const found = await survey(root);
  if (found.images.length === 0) {
    throw new SyncError("input", `There is no environment file in ${root}.`, {
      hint: "Write an environment.yml with `channels:` and `dependencies:` first (a lockfile alone does not say what was asked for), or go to the repository that has one."
    });
  }
  const example = await readFile2(join2(examples, found.images.length > 1 ? "images.yml" : "nightly.yml"), "utf8");
  const files = [
    [INPUTS.settings.default, settingsFor(found)],
    [WORKFLOW, workflowFor(example, await defaultBranch(root), found)]
  ];
  const upstream = await exists(join2(root, INPUTS.settings.default)) ? [] : describeUpstream(found);
  const lines = [];
  for (const [path, text] of files) lines.push(await writeNew(join2(root, path), path, text));
  lines.push(await appendAttributes(join2(root, ATTRIBUTES), lockfileAttributes(found)));
  return [
    ...describe(found),
    ...describeProjects(found),
    ...upstream,
    "",
    ...lines,
    "",
    "Next:",
    ...numbered(nextSteps(example)),
    ""
  ].join("\n");
}
var numbered = (steps) => steps.map((step, index) => `${index + 1}. ${step}`);
var nextSteps = (example) => [
  `Read ${INPUTS.settings.default}, and correct what could not be seen in the files.`,
  "`npx conda-lock-sync --dry-run` locks, and prints what would change.",
  'On GitHub: Settings \u2192 Actions \u2192 General \u2192 "Allow GitHub Actions to create and approve pull requests".',
  // A released package names the commit of its release.
  ...example.includes("@000000") ? [`In ${WORKFLOW} put the SHA of the commit of conda-lock-sync that you have looked at in place of the zeros.`] : [],
  "Commit what was written. The push to the default branch starts the first run."
];
async function writeNew(file, path, text) {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: "wx" });
    return `Wrote ${path}.`;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return `${path} is there already, and stays as it is.`;
  }
}
async function appendAttributes(file, lines) {
  const text = await readFile2(file, "utf8").catch((error) => {
    if (errorCode(error) !== "ENOENT") throw error;
    return "";
  });
  const known = text.split(/\r?\n/);
  const missing = [...lines].filter(([pattern]) => !known.some((line) => line.trimStart().startsWith(`${pattern} `)));
  if (missing.length === 0) return `${ATTRIBUTES} knows the lockfiles already, and stays as it is.`;
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  await appendFile(file, `${end}${missing.map(([, line]) => `${line}
`).join("")}`);
  return `${text === "" ? "Wrote" : "Added the lockfiles to"} ${ATTRIBUTES}.`;
}
async function defaultBranch(root) {
  const read = (path) => readFile2(join2(root, ".git", path), "utf8").catch(() => "");
  const [, remote] = /^ref: refs\/remotes\/origin\/(\S+)/.exec(await read("refs/remotes/origin/HEAD")) ?? [];
  const [, current] = /^ref: refs\/heads\/(main|master)\s*$/.exec(await read("HEAD")) ?? [];
  return remote ?? current ?? "main";
}
function describe({ images, shared }) {
  return [
    ...images.map((image) => `Found ${describeImage(image)}.`),
    ...shared.map((image) => `Found ${describeImage(image)}, which the images share.`)
  ];
}
function describeProjects({ images }) {
  return images.flatMap(
    ({ folder: folder2, lockfile, projects }) => projects.map(
      (name) => `${posix3.join(folder2, lockfile ?? "")} was made from ${posix3.join(folder2, name)} as well, of which only conda-lock reads what it needs: write that in an environment file.`
    )
  );
}
function describeUpstream({ images }) {
  const alone = images.filter((image) => upstreamOf(image) === "none").map(({ folder: folder2 }) => folder2);
  if (alone.length === 0) return [];
  const where = alone.length === images.length ? "" : ` for ${alone.join(" and ")}`;
  return [
    `Found no upstream to follow${where}, so your own files are locked alone. If that is wrong, correct \`upstream-files\`.`
  ];
}
function namesOf(template, platforms) {
  const [only, another] = platforms;
  return only === void 0 || another !== void 0 ? template : template.replace("{platform}", only);
}
function describeImage(image) {
  const { folder: folder2, environmentFiles, others, lockfile, explicitLockfile, platforms, baseImage } = image;
  const parts = [
    environmentFiles.join(" and "),
    ...lockfile === void 0 ? [] : [`the lockfile ${lockfile}`],
    ...explicitLockfile === void 0 ? [] : [`the explicit lockfile ${namesOf(explicitLockfile, platforms)}`],
    ...baseImage === void 0 ? [] : [`a Dockerfile on ${baseImage}`],
    ...others.length === 0 ? [] : [`and, not to be locked, ${others.join(" and ")}`]
  ];
  return `${folder2 === "." ? "here" : `in ${folder2}`}: ${parts.join(", ")}`;
}

// src/terminal/command-line.ts
var PUBLISHING_INPUTS = [
  "token",
  "bundles",
  "images",
  "publish-partial",
  "base",
  "branch",
  "title",
  "commit-message",
  "labels",
  "assignees",
  "reviewers",
  "team-reviewers",
  "draft",
  "auto-merge",
  "overwrite",
  "dispatch-workflows",
  "report-failures"
];
var LOCAL_MODES = ["files", "check", "lock"];
var OPTIONS = Object.entries(INPUTS).flatMap(([name, description]) => {
  const known = inputName(name);
  return known === void 0 || PUBLISHING_INPUTS.includes(known) ? [] : [[known, description]];
}).map(([name, description]) => [name, name === "mode" ? describeMode(description) : description]);
function inputName(text) {
  return isInputName(text) ? text : void 0;
}
function describeMode(description) {
  return {
    ...description,
    description: `One of ${LOCAL_MODES.join(", ")}: see ${pageAddress("modes.md")}.`,
    default: "files"
  };
}
function parseCommand(words) {
  if (words.length === 1 && words[0] === "init") return { kind: "init" };
  const options = /* @__PURE__ */ new Map();
  const images = [];
  let dryRun = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--help" || word === "-h") return { kind: "help" };
    if (word === "--dry-run") {
      dryRun = true;
      continue;
    }
    if (!word.startsWith("-")) {
      images.push(word);
      continue;
    }
    const [, text = "", given] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? [];
    const name = OPTIONS.find(([option]) => option === text)?.[0];
    if (name === void 0) throw wrongCommand(`There is no option \`${word}\`.`);
    const value = given ?? words[++index];
    if (value === void 0) throw wrongCommand(`The option \`${word}\` needs a value.`);
    const before = options.get(name);
    options.set(name, before === void 0 ? value : `${before}
${value}`);
  }
  return { kind: "run", options, images, dryRun };
}
function wrongCommand(message) {
  return new SyncError("input", message, { hint: "See `conda-lock-sync --help`." });
}
function helpText() {
  const option = ([name, { description, default: fallback }]) => {
    const given = fallback === void 0 ? "" : ` [${fallback.replaceAll("\n", ", ")}]`;
    return `  --${name} VALUE
${wrap(`${description}${given}`)}`;
  };
  return [
    "conda-lock-sync [IMAGE \u2026] [--dry-run] [--OPTION VALUE \u2026]",
    "conda-lock-sync init",
    "",
    "Locks upstream\u2019s environment files together with your own, as the GitHub Action does, and prints the report.",
    "Images are folders that the settings file names; without any, all of them, or the one that you are in.",
    "Options are named like the inputs of the action; of a list, give every entry by an option of its own.",
    "`init` writes the settings file and a workflow after looking at the repository, and adds the lockfiles to .gitattributes; what is there stays.",
    "",
    "  --dry-run\n      Locks and reports, but changes no file.",
    ...OPTIONS.map(option),
    ""
  ].join("\n");
}
var WIDTH = 100;
function wrap(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `      ${line}`).join("\n");
}

// src/terminal/run.ts
async function runInTerminal(words, folders) {
  try {
    refuseWindows(process.platform);
    const command = parseCommand(words);
    if (command.kind === "help") {
      process.stdout.write(helpText());
      return 0;
    }
    if (command.kind === "init") {
      process.stdout.write(await init(await findRoot(process.cwd()), folders.examples));
      return 0;
    }
    return await inScratch((temp) => runCommand(command, temp, folders.solver));
  } catch (error) {
    return tell(error instanceof SyncError ? [error, ...error.others] : [error]);
  }
}
async function runCommand(command, temp, solverFolder) {
  const { options, dryRun } = command;
  const mode = options.get("mode") ?? "files";
  if (!LOCAL_MODES.some((kind) => kind === mode))
    throw wrongCommand(`\`--mode ${mode}\` is not one of ${LOCAL_MODES.join(", ")}; others are for workflows.`);
  const directory = resolve(options.get("working-directory") ?? ".");
  if (!await isFolder(directory))
    throw wrongCommand(`There is no folder ${directory}; \`--working-directory\` has to be one.`);
  const workspace = await findRoot(directory);
  const runner = await makeRunner(workspace, temp);
  const inputs = await readCommandInputs(command, mode, relative(workspace, directory).split(sep).join("/"), runner);
  const outcome = await syncImages(inputs, { runner, solverFolder, dryRun });
  process.stdout.write(reportOf(outcome, Infinity) ?? "");
  process.stderr.write(dryRun ? "Nothing was changed (--dry-run).\n" : `${outputsOf(outcome).summary}
`);
  return tell(errorsOf(outcome));
}
function tell(errors) {
  if (errors.length === 0) return 0;
  for (const each of errors) process.stderr.write(`${describe2(each)}
`);
  return 1;
}
async function readCommandInputs({ options, images: named }, mode, local, runner) {
  const givenIn = (folder2) => {
    const given = new Map([...options, ["mode", mode], ["working-directory", folder2]]);
    return (name) => given.get(name) ?? "";
  };
  const settings = await readSettings(givenIn(""), runner);
  if (settings !== void 0) log(describeSources((name) => options.get(name) ?? "", settings));
  const hasImages = settings !== void 0 && settings.images.size > 0;
  const isSaid = options.has("working-directory") || !hasImages || settings.images.has(local);
  if (!hasImages) for (const folder2 of named) await refuseNoFolder(folder2, runner.workspace);
  const folders = named.length > 0 ? named : [isSaid ? local || "." : ""];
  return folders.flatMap((folder2) => readImages(givenIn(folder2), settings, runner));
}
async function refuseNoFolder(word, workspace) {
  if (await isFolder(join3(workspace, word))) return;
  const meant = LOCAL_MODES.some((mode) => mode === word) ? `; for a mode say \`--mode ${word}\`` : "";
  throw wrongCommand(
    `There is no folder \`${word}\` in the repository, and a word without \`--\` names that of an image${meant}.`
  );
}
async function isFolder(path) {
  const stats = await stat(path).catch(() => void 0);
  return stats?.isDirectory() === true;
}
async function findRoot(directory) {
  for (let folder2 = directory; ; folder2 = dirname2(folder2)) {
    if (await exists(join3(folder2, ".git"))) return folder2;
    if (folder2 === dirname2(folder2)) return directory;
  }
}
function homeCache() {
  try {
    return join3(homedir(), ".cache");
  } catch {
    return void 0;
  }
}
async function makeRunner(workspace, temp) {
  const toolCache = process.env.XDG_CACHE_HOME ?? homeCache() ?? temp;
  await mkdir2(toolCache, { recursive: true }).catch((error) => {
    throw new SyncError("input", `The folder for what outlives a run cannot be made: ${messageOf(error)}.`, {
      hint: "Set XDG_CACHE_HOME to a folder that can be written to.",
      cause: error
    });
  });
  return {
    workspace,
    temp,
    toolCache,
    repository: void 0,
    ref: "",
    defaultBranch: void 0,
    apiUrl: "https://api.github.com",
    serverUrl: "https://github.com",
    runUrl: void 0,
    isFromFork: false,
    event: "",
    pullRequestBase: void 0
  };
}
var OF_WORKFLOWS = [
  [" in the `with:` block of the workflow", ""],
  ["the runner", "this machine"],
  ["Run the workflow again", "Try again"],
  ["run the workflow again", "try again"]
];
function inTerminal(hint) {
  return OF_WORKFLOWS.reduce((text, [words, fitting]) => text.replaceAll(words, fitting), hint);
}
function describe2(error) {
  if (!(error instanceof SyncError)) {
    return `error: ${oneLine(messageOf(error))}
  ${hintOfUnexpected(error)}`;
  }
  const { place } = error;
  const line = place?.line === void 0 ? "" : `:${place.line}`;
  const where = place === void 0 ? "" : `${place.file}${line}: `;
  return `error: ${oneLine(`${where}${error.message}`)}
  ${oneLine(inTerminal(error.hint))}`;
}

// src/cli.ts
var folder = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
endOnSignals();
process.exit(await runInTerminal(process.argv.slice(2), { solver: folder("solver"), examples: folder("examples") }));
