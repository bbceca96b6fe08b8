import { setFlagsFromString as __setV8Flags } from 'node:v8'
__setV8Flags('--liftoff-only')
import { createRequire as __createRequire } from 'node:module'
import { dirname as __dirnameOf } from 'node:path'
import { fileURLToPath as __fileURLToPath } from 'node:url'
const require = __createRequire(import.meta.url)
const __bundledFilename = __fileURLToPath(import.meta.url)
const __bundledDirname = __dirnameOf(__bundledFilename)
import {
  DONE,
  INPUTS,
  SyncError,
  TOKEN_INPUTS,
  ask,
  askEach,
  askOnce,
  attempt,
  block,
  combine,
  connect,
  describeSources,
  endOnSignals,
  enumerate,
  errorsOf,
  field,
  findMixedCommits,
  flushLog,
  hasService,
  hintOfUnexpected,
  inputNames,
  keptFolder,
  log,
  logGroup,
  logIfFolded,
  makeOnce,
  messageOf,
  number,
  object,
  oneLine,
  optional,
  optional2,
  outputsOf,
  proxyFor,
  proxyPasswords,
  readImages,
  readRunner,
  readSettings,
  reportOf,
  savePending,
  splitLines,
  startDeadline,
  string,
  syncImages,
  unknown,
  warn,
  within,
  withoutCommands,
  withoutCredentials
} from "./chunk-XYEPVFJL.js";
import {
  error,
  getInput,
  notice,
  setOutput,
  setSecret,
  summary,
  warning
} from "./chunk-XBOM3RI6.js";
import "./chunk-HX6QK7UP.js";

// src/index.ts
import { fileURLToPath } from "node:url";

// src/publish/failure-issue.ts
var LABEL = "conda-lock-sync";
async function openFailureIssue(repository, subject, failure) {
  const body = bodyOf(subject, failure);
  await attempt("take an issue", async () => {
    const [found] = await findIssues(repository, subject);
    if (found !== void 0) {
      await change(repository, found, { body });
      return;
    }
    const issue = { title: `${subject.lockfile} is not kept up to date`, body, labels: [LABEL] };
    await makeOnce(
      () => askOnce(repository, "POST /repos/{owner}/{repo}/issues", issue, ISSUE),
      async () => (await findIssues(repository, subject))[0]
    );
  });
}
async function closeFailureIssue(repository, subject, runUrl) {
  await attempt("close the issue", async () => {
    const by = runUrl === void 0 ? "a later run" : `[a later run](${runUrl})`;
    for (const found of await findIssues(repository, subject)) {
      const body = `**Solved:** ${by} was successful.

${found.body ?? ""}`;
      await change(repository, found, { state: "closed", body });
    }
  });
}
var ISSUE = object({ number: number(), body: optional2(string()), pull_request: optional(unknown()) });
async function change(repository, { number: number2 }, changes) {
  const issue = { issue_number: number2, ...changes };
  await ask(repository, "PATCH /repos/{owner}/{repo}/issues/{issue_number}", issue, DONE);
}
async function findIssues(repository, subject) {
  const mark = markOf(subject);
  const found = [];
  for await (const issue of askEach(repository, OPEN_ISSUES)) {
    if (issue.pull_request === void 0 && issue.body?.includes(mark) === true) found.push(issue);
  }
  return found;
}
var OPEN_ISSUES = {
  route: "GET /repos/{owner}/{repo}/issues",
  parameters: { labels: LABEL, state: "open" },
  item: ISSUE,
  what: `open issues with the label \`${LABEL}\``,
  hint: "Take that label off what is not the action's."
};
function markOf(subject) {
  return `<!-- conda-lock-sync: failure of ${JSON.stringify(subject).replaceAll(">", "\\u003e")} -->`;
}
function bodyOf(subject, { problems, runUrl }) {
  const run2 = runUrl === void 0 ? "" : ` ([log](${runUrl}))`;
  return [
    `The last run${run2} failed, so the lockfiles stay as they are:`,
    ...problems.flatMap(({ message, hint }) => [block("text", message), "What to do:", block("text", hint)]),
    "Every failed run updates this issue, and the next successful one closes it.",
    markOf(subject)
  ].join("\n\n");
}

// src/action/about.ts
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
async function aboutRun(facts) {
  const { runner, environment, solverFolder } = facts;
  const { event, ref, serverUrl, repository } = runner;
  const lines = [
    `${await versions(solverFolder)}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    `Started by ${event === "" ? "nobody known" : event} on ${ref} of ${repository === void 0 ? "no repository" : `${repository.owner}/${repository.repo}`} at ${serverUrl}`,
    ...settingLines(facts),
    ...addresses(facts).map((address) => `${new URL(address).host}: ${wayTo(new URL(address), environment)}`),
    ...CERTIFICATE_VARIABLES.flatMap((name) => environment[name] ? [`${name}: ${environment[name]}`] : []),
    await cacheLine(runner),
    `Cache service: ${hasService() ? "yes" : "none"}`
  ];
  return withoutCredentials(lines.join("\n"));
}
var CERTIFICATE_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT"
];
async function versions(solverFolder) {
  const [description = "{}", requirements = ""] = await Promise.all(
    ["../package.json", "requirements.in"].map(
      (name) => readFile(join(solverFolder, name), "utf8").catch(() => void 0)
    )
  );
  const own = field(JSON.parse(description), "version");
  return [
    `conda-lock-sync ${typeof own === "string" ? own : "of an unknown version"}`,
    ...splitLines(requirements.replaceAll("==", " "))
  ].join(", ");
}
function settingLines({ given, settings }) {
  const isSet = (name) => given(name).trim() !== "";
  const inFile = (values, prefix = "") => [...values].map(([name, { text, line }]) => {
    const loses = isSet(name) ? ", but the workflow sets it" : "";
    return `${prefix}${name}: ${splitLines(text).join(" | ")} (${settings?.file ?? ""}:${line}${loses})`;
  });
  return [
    ...inputNames().filter(isSet).map(
      (name) => `${name}: ${TOKEN_INPUTS.includes(name) ? "given" : splitLines(given(name)).join(" | ")} (workflow)`
    ),
    ...settings === void 0 ? [] : inFile(settings.common),
    ...[...settings?.images ?? []].flatMap(([folder, values]) => inFile(values, `image ${folder}, `))
  ];
}
function addresses({ given, settings, runner }) {
  const valueOf = (name) => {
    const { default: fallback = "" } = INPUTS[name];
    return [given(name).trim(), settings?.common.get(name)?.text ?? ""].find((text) => text !== "") ?? fallback;
  };
  const all = [runner.apiUrl, valueOf("upstream-api-url"), valueOf("channel-alias")];
  return [...new Set(all.filter((address) => URL.canParse(address)))];
}
function wayTo(url, environment) {
  try {
    const proxy = proxyFor(url, environment);
    return proxy === void 0 ? "asked directly" : `through the proxy ${proxy.origin}`;
  } catch (error2) {
    return messageOf(error2);
  }
}
async function cacheLine({ toolCache }) {
  const folder = keptFolder(toolCache);
  const found = await readdir(folder).catch(() => []);
  return `In ${folder}: ${found.length === 0 ? "nothing yet" : found.sort().join(", ")}`;
}

// src/action/annotations.ts
var TITLES = {
  input: "Input of the action",
  upstream: "Upstream",
  environment: "Environment file",
  toolchain: "Toolchain",
  solve: "Locking",
  verify: "Verification",
  bundle: "Bundle",
  github: "GitHub",
  disk: "Disk"
};
function reportFailure(error2) {
  if (error2 instanceof SyncError) {
    if (error2.cause !== void 0) logGroup("Details", detailsOf(error2.cause));
    for (const each of [error2, ...error2.others]) annotateAt(each);
    return;
  }
  logGroup("Details", detailsOf(error2));
  for (const { message, hint } of problemsOf(error2)) error(withoutCommands(`${oneLine(message)} ${hint}`));
}
function annotateAt(error2) {
  error(withoutCommands(`${oneLine(error2.message)} ${error2.hint}`), {
    title: TITLES[error2.kind],
    ...error2.place === void 0 ? {} : { file: error2.place.file },
    ...error2.place?.line === void 0 ? {} : { startLine: error2.place.line }
  });
}
function problemsOf(error2) {
  if (error2 instanceof SyncError) return [error2, ...error2.others].map(({ message, hint }) => ({ message, hint }));
  return [{ message: `Unexpected error: ${messageOf(error2)}`, hint: hintOfUnexpected(error2) }];
}
function detailsOf(cause) {
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === "string" ? cause : JSON.stringify(cause, void 0, 2);
}

// src/action/ends.ts
var ENDS = {
  created: { exitCode: 0, annotation: "notice", issue: "closes", next: "compares with this pull request" },
  updated: { exitCode: 0, annotation: "notice", issue: "closes", next: "compares with this pull request" },
  unchanged: { exitCode: 0, annotation: "none", issue: "closes", next: "compares with this pull request" },
  closed: { exitCode: 0, annotation: "none", issue: "closes", next: "opens another one when there is news" },
  none: { exitCode: 0, annotation: "none", issue: "closes", next: "opens a pull request when there is news" },
  declined: { exitCode: 0, annotation: "none", issue: "closes", next: "waits for other inputs" },
  committed: { exitCode: 0, annotation: "none", issue: "none", next: "compares with this commit" },
  bundled: { exitCode: 0, annotation: "none", issue: "none", next: "makes a new bundle" },
  files: { exitCode: 0, annotation: "none", issue: "none", next: "writes the files again" },
  checked: { exitCode: 0, annotation: "none", issue: "none", next: "checks again" },
  "images failed": { exitCode: 0, annotation: "warning", issue: "opens", next: "locks these images again" },
  "images failed here": { exitCode: 1, annotation: "error", issue: "opens", next: "locks these images again" },
  superseded: { exitCode: 0, annotation: "none", issue: "stays", next: "starts from what was quicker" },
  "superseded again": {
    exitCode: 1,
    annotation: "error",
    issue: "opens",
    next: "is red as well until the cause is gone"
  },
  blocked: {
    exitCode: 1,
    annotation: "error",
    issue: "opens",
    next: "is red as well until the others' commits are gone"
  },
  "check failed": { exitCode: 1, annotation: "error", issue: "none", next: "checks again" },
  failed: { exitCode: 1, annotation: "error", issue: "opens", next: "tries all of it again" }
};
function endingOf(outcome) {
  const { delivery } = outcome;
  if (delivery.operation === "blocked") {
    const { message, hint } = delivery.reason;
    return { name: "blocked", problem: new SyncError("github", message, { hint }) };
  }
  if (delivery.operation === "superseded") {
    return delivery.isRepeated ? { name: "superseded again", problem: supersededAgain(delivery.reason) } : { name: "superseded", problem: void 0 };
  }
  const errors = errorsOf(outcome);
  if (errors.length > 0) {
    return { name: outcome.kind === "checked" ? "check failed" : "images failed here", problem: combine(errors) };
  }
  const failed = outcome.kind === "compared" ? outcome.failed : [];
  return failed.length > 0 ? { name: "images failed", problem: imagesFailed(failed) } : { name: delivery.operation, problem: void 0 };
}
function supersededAgain({ message, hint }) {
  return new SyncError("github", `The second run in a row ends as superseded for the same reason. ${message}`, {
    hint: `${hint} If each run meets this, find out what changes it: another workflow at the same hour, or this one itself; a \`concurrency\` group lets runs wait for each other.`
  });
}
function imagesFailed(failed) {
  return new SyncError("bundle", `There is no new lock of ${enumerate(failed)}: the job that locks it has failed.`, {
    hint: "Look at that job; the others are proposed all the same."
  });
}

// src/action/outputs.ts
var SUMMARY_LIMIT = 1e6;
async function reportOutcome(outcome) {
  const outputs = outputsOf(outcome);
  for (const [name, value] of Object.entries(outputs)) giveOutput(name, value);
  log(outputs.summary);
  if (outcome.kind === "compared") warnOfImages(outcome);
  reportPublished(outcome.delivery);
  if (process.env.GITHUB_STEP_SUMMARY === void 0) return;
  try {
    await summary.addRaw(reportOf(outcome, SUMMARY_LIMIT) ?? outputs.summary).write();
  } catch (error2) {
    warn(`The summary of this run could not be written to ${process.env.GITHUB_STEP_SUMMARY}: ${messageOf(error2)}`);
  }
}
function giveOutput(name, value) {
  try {
    setOutput(name, value);
  } catch (error2) {
    warn(`The output \`${name}\` could not be written to ${process.env.GITHUB_OUTPUT ?? ""}: ${messageOf(error2)}`);
  }
}
function reportProblem(error2) {
  const problems = problemsOf(error2).map(({ message, hint }) => oneLine(`${message} ${hint}`));
  giveOutput("problem", problems.join("\n"));
}
function reportFailed(error2) {
  giveOutput("operation", "failed");
  reportProblem(error2);
}
function listImages(folders) {
  const images = JSON.stringify(folders.length === 0 ? ["."] : folders);
  const summary2 = `Listed the images: ${images}`;
  setOutput("operation", "listed");
  setOutput("images", images);
  setOutput("summary", summary2);
  log(summary2);
}
function warnOfImages({ images, failed, carried }) {
  for (const name of failed) {
    const isKept = carried.some(({ directory }) => directory === name);
    warn(`${name} could not be locked, and keeps ${isKept ? "what is proposed for it" : "its lockfiles as they are"}.`);
  }
  if (findMixedCommits(images).length > 0) warn("Upstream has moved while the images were locked.");
}
function reportPublished(published) {
  if (published.operation === "superseded") log(`${published.reason.message} ${published.reason.hint}`);
  if (published.operation !== "created" && published.operation !== "updated") return;
  for (const text of published.warnings) warning(withoutCommands(oneLine(text)), { title: "GitHub" });
  notice(withoutCommands(oneLine(published.ci)), { title: "Workflows of the pull request" });
}

// src/action/run.ts
async function run(solverFolder) {
  const given = await readGiven(solverFolder);
  if (given === void 0) return 1;
  const { inputs, images, runner, folders } = given;
  if (inputs.mode.kind === "images") {
    listImages(folders);
    return 0;
  }
  try {
    const outcome = await syncImages(images, { runner, solverFolder, dryRun: false });
    await reportOutcome(outcome);
    if (outcome.kind !== "up-to-date") logSeconds(outcome.seconds);
    const { name, problem } = endingOf(outcome);
    if (problem !== void 0 && ENDS[name].exitCode !== 0) {
      reportFailure(problem);
      reportProblem(problem);
    }
    await updateFailureIssue(inputs, runner, name, problem);
    return ENDS[name].exitCode;
  } catch (error2) {
    reportFailure(error2);
    reportFailed(error2);
    await updateFailureIssue(inputs, runner, "failed", error2);
    return ENDS.failed.exitCode;
  }
}
async function readGiven(solverFolder) {
  try {
    maskTokens();
    const runner = readRunner(process.env);
    const settings = await readOpenly(runner, solverFolder);
    if (settings !== void 0) log(describeSources(getInput, settings));
    const images = readImages(getInput, settings, runner);
    const [inputs] = images;
    if (inputs === void 0) throw new Error("a run without an image");
    forgetTokens();
    return { images, inputs, folders: [...settings?.images.keys() ?? []], runner };
  } catch (error2) {
    reportFailure(error2);
    reportFailed(error2);
    return void 0;
  }
}
async function readOpenly(runner, solverFolder) {
  let settings;
  try {
    settings = await readSettings(getInput, runner);
    return settings;
  } finally {
    const facts = { given: getInput, settings, runner, environment: process.env, solverFolder };
    logIfFolded("About this run", await aboutRun(facts));
  }
}
function logSeconds(seconds) {
  const parts = Object.entries(seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`);
  if (parts.length > 0) log(`Seconds: ${parts.join(", ")}`);
}
var ISSUE_MINUTES = 2;
async function updateFailureIssue({ mode, lockfile }, runner, name, problem) {
  const { issue } = ENDS[name];
  if (!("reportFailures" in mode) || !mode.reportFailures || issue === "stays" || issue === "none") return;
  const deadline = startDeadline(ISSUE_MINUTES);
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log });
  const repository = { github, ...mode.repository, repositoryId: void 0 };
  const subject = { lockfile, base: mode.base === runner.defaultBranch ? void 0 : mode.base };
  try {
    await within(
      deadline,
      () => issue === "closes" ? closeFailureIssue(repository, subject, runner.runUrl) : openFailureIssue(repository, subject, { problems: problemsOf(problem), runUrl: runner.runUrl })
    );
  } catch (error2) {
    const hint = error2 instanceof SyncError ? ` ${error2.hint}` : "";
    warning(withoutCommands(`The issue about failing runs is not up to date. ${oneLine(messageOf(error2))}${hint}`));
  }
}
function maskTokens() {
  const secrets = [...TOKEN_INPUTS.map((name) => getInput(name)), ...proxyPasswords(process.env)];
  for (const secret of secrets) if (secret !== "") setSecret(secret);
}
function forgetTokens() {
  for (const name of TOKEN_INPUTS) Reflect.deleteProperty(process.env, `INPUT_${name.toUpperCase()}`);
}

// src/index.ts
var SOLVER = fileURLToPath(new URL("../solver", import.meta.url));
endOnSignals();
var exitCode = await run(SOLVER);
await savePending();
await flushLog();
process.exit(exitCode);
