import { createRequire as __createRequire } from 'node:module'
import { dirname as __dirnameOf } from 'node:path'
import { fileURLToPath as __fileURLToPath } from 'node:url'
const require = __createRequire(import.meta.url)
const __bundledFilename = __fileURLToPath(import.meta.url)
const __bundledDirname = __dirnameOf(__bundledFilename)
import {
  SyncError,
  UNREPEATED,
  asError,
  attempt,
  block,
  combine,
  connect,
  findMixedCommits,
  hintOfUnexpected,
  log,
  logGroup,
  makeOnce,
  messageOf,
  oneLine,
  outputsOf,
  parseInputs,
  proxyPasswords,
  readRunner,
  reportOf,
  savePending,
  startDeadline,
  sync,
  warn,
  withJob,
  within,
  withoutCommands
} from "./chunk-XOJGGW3B.js";
import {
  error,
  getInput,
  notice,
  setOutput,
  setSecret,
  summary,
  warning
} from "./chunk-2EW33AZV.js";
import "./chunk-S6SKJRRP.js";

// src/index.ts
import { fileURLToPath } from "node:url";

// src/publish/failure-issue.ts
var LABEL = "conda-lock-sync";
async function openFailureIssue(repository, subject, failure) {
  const { github, owner, repo } = repository;
  const body = bodyOf(subject, failure);
  await attempt("take an issue", async () => {
    const found = await findIssue(repository, subject);
    if (found !== void 0) {
      await github.rest.issues.update({ owner, repo, issue_number: found.number, body });
      return;
    }
    const issue = { owner, repo, title: `${subject.lockfile} is not kept up to date`, body, labels: [LABEL] };
    await makeOnce(
      async () => (await github.rest.issues.create({ ...issue, ...UNREPEATED })).data,
      () => findIssue(repository, subject)
    );
  });
}
async function closeFailureIssue(repository, subject, runUrl) {
  const { github, owner, repo } = repository;
  await attempt("close the issue", async () => {
    const found = await findIssue(repository, subject);
    if (found === void 0) return;
    const by = runUrl === void 0 ? "a later run" : `[a later run](${runUrl})`;
    const body = `**Solved:** ${by} was successful.

${found.body ?? ""}`;
    await github.rest.issues.update({ owner, repo, issue_number: found.number, state: "closed", body });
  });
}
async function findIssue({ github, owner, repo }, subject) {
  const open = { owner, repo, labels: LABEL, state: "open", per_page: 100 };
  const issues = await github.paginate(github.rest.issues.listForRepo, open);
  return issues.find((issue) => issue.pull_request === void 0 && issue.body?.includes(markOf(subject)) === true);
}
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

// src/action/annotations.ts
var TITLES = {
  input: "Input of the action",
  upstream: "Upstream",
  environment: "Environment file",
  toolchain: "Toolchain",
  solve: "Locking",
  verify: "Verification",
  bundle: "Bundle",
  github: "GitHub"
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

// src/action/outputs.ts
var SUMMARY_LIMIT = 1e6;
async function reportOutcome(outcome) {
  const outputs = outputsOf(outcome);
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  log(outputs.summary);
  if (outcome.kind === "compared") warnOfImages(outcome);
  reportPublished(outcome.delivery);
  if (process.env.GITHUB_STEP_SUMMARY === void 0) return;
  await summary.addRaw(reportOf(outcome, SUMMARY_LIMIT) ?? outputs.summary).write();
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
  const given = readGiven();
  if (given === void 0) return 1;
  const { inputs, runner } = given;
  try {
    const outcome = await withJob({ inputs, runner, solverFolder, dryRun: false }, sync);
    await reportOutcome(outcome);
    if (outcome.kind !== "up-to-date") log(describeSeconds(outcome.seconds));
    refuseToBeGreen(outcome.delivery);
    if (outcome.delivery.operation !== "superseded") await updateFailureIssue(inputs, runner, void 0);
    return 0;
  } catch (error2) {
    reportFailure(error2);
    await updateFailureIssue(inputs, runner, error2);
    return 1;
  }
}
function readGiven() {
  try {
    maskTokens();
    const runner = readRunner(process.env);
    const inputs = parseInputs(getInput, runner);
    forgetTokens();
    return { inputs, runner };
  } catch (error2) {
    reportFailure(error2);
    return void 0;
  }
}
function refuseToBeGreen(delivery) {
  if (delivery.operation === "blocked") {
    throw new SyncError("github", delivery.reason.message, { hint: delivery.reason.hint });
  }
  if (delivery.operation === "checked" && delivery.findings.length > 0) throw combine(delivery.findings.map(asError));
}
function describeSeconds(seconds) {
  return `Seconds: ${Object.entries(seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`).join(", ")}`;
}
var ISSUE_MINUTES = 2;
async function updateFailureIssue({ mode, lockfile }, runner, error2) {
  if (!("reportFailures" in mode) || !mode.reportFailures) return;
  const deadline = startDeadline(ISSUE_MINUTES);
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log });
  const repository = { github, ...mode.repository, repositoryId: void 0 };
  const subject = { lockfile, base: mode.base === runner.defaultBranch ? void 0 : mode.base };
  try {
    await within(
      deadline,
      error2 === void 0 ? closeFailureIssue(repository, subject, runner.runUrl) : openFailureIssue(repository, subject, { problems: problemsOf(error2), runUrl: runner.runUrl })
    );
  } catch (problem) {
    const hint = problem instanceof SyncError ? ` ${problem.hint}` : "";
    warning(withoutCommands(`The issue about failing runs is not up to date. ${oneLine(messageOf(problem))}${hint}`));
  }
}
function maskTokens() {
  const secrets = [getInput("token"), getInput("upstream-token"), ...proxyPasswords(process.env)];
  for (const secret of secrets) if (secret !== "") setSecret(secret);
}
function forgetTokens() {
  delete process.env.INPUT_TOKEN;
  delete process.env["INPUT_UPSTREAM-TOKEN"];
}

// src/index.ts
var SOLVER = fileURLToPath(new URL("../solver", import.meta.url));
var exitCode = await run(SOLVER);
await savePending();
process.exit(exitCode);
