#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module'
import { dirname as __dirnameOf } from 'node:path'
import { fileURLToPath as __fileURLToPath } from 'node:url'
const require = __createRequire(import.meta.url)
const __bundledFilename = __fileURLToPath(import.meta.url)
const __bundledDirname = __dirnameOf(__bundledFilename)
import {
  INPUTS,
  SyncError,
  asError,
  exists,
  hintOfUnexpected,
  messageOf,
  oneLine,
  outputsOf,
  parseInputs,
  refuseWindows,
  reportOf,
  sync,
  withJob
} from "./chunk-7Y2N6275.js";
import "./chunk-2EW33AZV.js";
import "./chunk-S6SKJRRP.js";

// src/cli.ts
import { fileURLToPath } from "node:url";

// src/terminal/run.ts
import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join as join2, relative, resolve, sep } from "node:path";

// src/runner/scratch.ts
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
async function inScratch(work) {
  const folder = await mkdtemp(join(tmpdir(), "conda-lock-sync-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
function isInputName(text) {
  return Object.hasOwn(INPUTS, text);
}
function describeMode(description) {
  return { ...description, description: `One of ${LOCAL_MODES.join(", ")}: see docs/modes.md.`, default: "files" };
}
function parseCommand(words) {
  const options = /* @__PURE__ */ new Map();
  let dryRun = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--help" || word === "-h") return { kind: "help" };
    if (word === "--dry-run") {
      dryRun = true;
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
  return { kind: "run", options, dryRun };
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
    "conda-lock-sync [--dry-run] [--OPTION VALUE \u2026]",
    "",
    "Locks upstream\u2019s environment files together with your own, as the GitHub Action does, and prints the report.",
    "Options are named like the inputs of the action; of a list, give every entry by an option of its own.",
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
async function runInTerminal(words, solverFolder) {
  try {
    refuseWindows(process.platform);
    const command = parseCommand(words);
    if (command.kind === "help") {
      process.stdout.write(helpText());
      return 0;
    }
    return await inScratch((temp) => runCommand(command, temp, solverFolder));
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
  const local = relative(workspace, directory).split(sep).join("/");
  const given = new Map([...options, ["mode", mode], ["working-directory", local === "" ? "." : local]]);
  const runner = await makeRunner(workspace, temp);
  const inputs = parseInputs((name) => given.get(name) ?? "", runner);
  const outcome = await withJob({ inputs, runner, solverFolder, dryRun }, sync);
  process.stdout.write(reportOf(outcome, Infinity) ?? "");
  process.stderr.write(dryRun ? "Nothing was changed (--dry-run).\n" : `${outputsOf(outcome).summary}
`);
  return outcome.kind === "checked" && outcome.report.findings.length > 0 ? tell(outcome.report.findings.map(asError)) : 0;
}
function tell(errors) {
  for (const each of errors) process.stderr.write(`${describe(each)}
`);
  return 1;
}
async function isFolder(path) {
  const stats = await stat(path).catch(() => void 0);
  return stats?.isDirectory() === true;
}
async function findRoot(directory) {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (await exists(join2(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return directory;
  }
}
function homeCache() {
  try {
    return join2(homedir(), ".cache");
  } catch {
    return void 0;
  }
}
async function makeRunner(workspace, temp) {
  const toolCache = process.env.XDG_CACHE_HOME ?? homeCache() ?? temp;
  await mkdir(toolCache, { recursive: true }).catch((error) => {
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
    isFromFork: false
  };
}
var IN_WORKFLOW = " in the `with:` block of the workflow";
function describe(error) {
  if (!(error instanceof SyncError)) {
    return `error: ${oneLine(messageOf(error))}
  ${hintOfUnexpected(error)}`;
  }
  const { place } = error;
  const line = place?.line === void 0 ? "" : `:${place.line}`;
  const where = place === void 0 ? "" : `${place.file}${line}: `;
  return `error: ${oneLine(`${where}${error.message}`)}
  ${oneLine(error.hint.replace(IN_WORKFLOW, ""))}`;
}

// src/cli.ts
var SOLVER = fileURLToPath(new URL("../solver", import.meta.url));
process.exit(await runInTerminal(process.argv.slice(2), SOLVER));
