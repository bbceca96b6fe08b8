/** One input of the action as `action.yml` documents it. */
export interface InputDescription {
  readonly description: string
  /** What an unset or empty input means; absent if there is no default, or if it depends on the run. */
  readonly default?: string
  /** One entry a line (in the settings file a list), `path: copy` lines (a mapping), or `true` or `false`; otherwise one text. */
  readonly form?: 'lines' | 'copies' | 'flag'
  /** Every value that there is. */
  readonly values?: readonly string[]
  /** What it is said for: an image, unless given; the whole repository; or a run, so that the settings file can't say it. */
  readonly scope?: 'repository' | 'run'
}

/** Every input, in the order in which `action.yml` lists them: the one source of both. */
export const INPUTS = {
  settings: {
    description:
      'The file with what this repository locks: most of the following inputs, and `images:` with what differs for each. What the workflow sets wins. For pull requests it is read from the branch that they are for.',
    default: '.github/conda-lock-sync.yml',
    scope: 'run'
  },
  'upstream-repository': {
    description: 'Repository that the upstream environment files come from, as OWNER/REPO.',
    default: 'pangeo-data/pangeo-docker-images'
  },
  'upstream-ref': {
    description:
      'Branch, tag or commit SHA of the upstream repository, or `latest-release`. Default: its default branch.'
  },
  'upstream-files': {
    description:
      'Upstream files and the local copies they are written to, one `path: local-file` a line; or `none` to lock the own files alone.',
    default: 'pangeo-notebook/environment.yml: NBenvironment.yml',
    form: 'copies'
  },
  'upstream-api-url': {
    description:
      'REST API of the GitHub that has the upstream repository. Default: that of the run; on GitHub Enterprise Server and on ghe.com the public one.',
    scope: 'repository'
  },
  'upstream-token': {
    description:
      'Token for reading the upstream repository. Default: `token` if both are on the same host, otherwise none.',
    scope: 'run'
  },
  'environment-files': {
    description:
      "The repository's own environment files, one a line. They are merged after the upstream files, so they win.",
    default: 'environment.yml',
    form: 'lines'
  },
  'allowed-channels': {
    description:
      "Channels that the upstream files may use, one a line. Default: conda-forge, nodefaults and, unless `policy-on` is `all`, those of the repository's own files.",
    form: 'lines',
    scope: 'repository'
  },
  'policy-on': {
    description:
      'Files that may use only allowed channels, and name packages but no addresses, options or `pip-repositories`: `upstream`, or `all`, if nobody has reviewed the own ones either, as in a pull request.',
    default: 'upstream',
    values: ['upstream', 'all'],
    scope: 'repository'
  },
  'on-overlap': {
    description:
      'What to do when a later file replaces the spec of an earlier one: `warn`, or `error` to refuse it before anything is solved. So also when pip has locked another version of a project than conda, after the solve.',
    default: 'warn',
    values: ['warn', 'error']
  },
  lockfile: {
    description: 'The unified lockfile, for `conda-lock install`.',
    default: 'conda-lock.yml'
  },
  'explicit-lockfile': {
    description:
      'The explicit lockfile, for `conda create --file`. `{platform}` stands for the platform; it may be left out when there is only one.',
    default: 'conda-{platform}.lock'
  },
  'pip-requirements': {
    description:
      'The companion of the explicit lockfile with its pip packages, for `pip install --no-deps --require-hashes -r`; written only when there are any. `{platform}` as in `explicit-lockfile`.',
    default: 'conda-{platform}.pip.txt'
  },
  'pypi-lookup-file': {
    description:
      "A file of the repository with conda-lock's table of PyPI and conda names. Default: the table that conda-lock fetches when a file has a `pip:` section."
  },
  'build-from-source': {
    description:
      'PyPI packages without a wheel that may be built to learn what they need, which runs their code, one name a line. Only for what your own environment files bring in, and never with `policy-on: all`.',
    form: 'lines'
  },
  platforms: {
    description: 'Platforms to lock for, one a line.',
    default: 'linux-64',
    form: 'lines'
  },
  'working-directory': {
    description:
      'Folder of the repository that all local files are relative to. Default: every image of the settings file in its own, or the root of the repository.',
    scope: 'run'
  },
  'same-version': {
    description:
      "Packages that must have the same version everywhere, one a line. They are compared with upstream's own lockfile.",
    default: 'python\ndask\ndistributed\ncloudpickle\nmsgpack-python\ntornado\nnumpy\npandas',
    form: 'lines'
  },
  'on-different-versions': {
    description:
      'What to do when images have different versions of the packages of `same-version`: `warn` tells it in the report, `error` refuses it before anything is proposed.',
    default: 'warn',
    values: ['warn', 'error'],
    scope: 'repository'
  },
  'channel-alias': {
    description: 'Where a bare channel name like `conda-forge` lives: a mirror, for example.',
    default: 'https://conda.anaconda.org',
    scope: 'repository'
  },
  'conda-executable': {
    description: 'A conda, mamba or micromamba to solve with. Default: the built-in solver, py-rattler.'
  },
  update: {
    description:
      '`all` takes the newest of everything; `minimal` keeps what the present lockfile has and moves only what a change in the environment files demands. Built-in solver only.',
    default: 'all',
    values: ['all', 'minimal']
  },
  upgrade: {
    description:
      'Packages that move to the newest that the environment files allow, by name or by spec (`openssl>=3.5.4`), one a line or with commas between; everything else stays where it can, as with `update: minimal`. Built-in solver only.',
    form: 'lines',
    scope: 'run'
  },
  'exclude-newer': {
    description:
      'Do not consider packages, of conda channels and of PyPI, uploaded after a date (`2025-09-24`, or with a time; UTC unless it names a zone), or younger than an age (`3d`, `12h`, `2w`). Further lines say it for some: `channel conda-forge=7d`, `pypi=14d`, `package openssl=1d`; `none` instead of a time lets everything in. Built-in solver only.',
    form: 'lines'
  },
  'exclude-newer-exempt': {
    description:
      'Packages that `exclude-newer` does not concern, one a line, by name or with one version (`openssl=3.5.4`).',
    form: 'lines'
  },
  'virtual-packages': {
    description:
      "A conda-lock file of virtual packages (`__glibc`, `__cuda` …): what the machines have. Default: conda-lock's own, glibc 2.28, Linux 5.10 and CUDA 11.4."
  },
  cuda: {
    description: 'Version of CUDA that the machines have, or `none`. Not together with `virtual-packages`.'
  },
  python: {
    description: 'Python (3.10 or newer) that the toolchain is installed with.',
    default: 'python3',
    scope: 'repository'
  },
  relock: {
    description:
      'When to solve: `always`; `if-inputs-changed`, only when the environment files or the settings have changed since the lock was made; or a number of days after which to solve even so.',
    default: 'always'
  },
  'trial-install': {
    description:
      "Whether to install what was locked for the runner's own platform into a scratch folder, and to run `trial-command` there, before anything is proposed (`true` or `false`). Shut off from the runner, which needs Linux 5.13 or newer.",
    default: 'false',
    form: 'flag'
  },
  'trial-command': {
    description:
      'The command of the trial install, one argument a line. It has no network, and sees no file of the repository.',
    default: 'python\n-m\npip\ncheck',
    form: 'lines'
  },
  mode: {
    description:
      '`pull-request` opens or updates a pull request; `lock` writes a bundle for a later `publish`, which makes one pull request of all bundles; `commit` commits to the branch that the run is on; `check` fails if the lockfiles do not match their inputs or each other; `files` stops after writing the files; `images` lists the images of the settings file for the matrix of a workflow.',
    default: 'pull-request',
    values: ['pull-request', 'lock', 'publish', 'commit', 'check', 'files', 'images'],
    scope: 'run'
  },
  bundle: {
    description: 'Folder that `mode: lock` writes the bundle to, relative to the workspace.',
    default: 'conda-lock-sync-bundle',
    scope: 'run'
  },
  bundles: {
    description:
      'Folders that are bundles or hold some, one a line, relative to the workspace: what `mode: publish` publishes, and what `mode: commit` commits instead of locking itself.',
    form: 'lines',
    scope: 'run'
  },
  images: {
    description:
      'Working directories of the images that there must be bundles of, one a line; one without a bundle counts as failed. Default: those of the settings file, or else whatever bundles there are.',
    form: 'lines',
    scope: 'run'
  },
  'publish-partial': {
    description: 'Whether the other images are published when one has failed (`true` or `false`).',
    default: 'true',
    form: 'flag',
    scope: 'repository'
  },
  token: {
    description: 'Token that writes the branch and the pull request (`contents: write`, `pull-requests: write`).',
    default: '${{ github.token }}',
    scope: 'run'
  },
  base: {
    description: 'Branch that the pull request is for. Default: the branch the run is on, or the default branch.',
    scope: 'repository'
  },
  branch: {
    description:
      'Branch that the pull request comes from. Default: `conda-lock-sync`, followed by `-FOLDER` for a `working-directory`, and by `--BASE` when the base is not the default branch. For `mode: commit` the branch to commit to; default: the one that the run is on.',
    scope: 'repository'
  },
  title: {
    description: 'Title of the pull request.',
    default: 'Update conda lockfiles',
    scope: 'repository'
  },
  'commit-message': {
    description: 'Message of the commit.',
    default: 'Update conda lockfiles',
    scope: 'repository'
  },
  links: {
    description:
      'What the report links to: `packages`, the pages of packages that an environment file names, on anaconda.org and on PyPI, and the releases of pip packages with a major upgrade; or `none`.',
    default: 'packages',
    values: ['packages', 'none'],
    scope: 'repository'
  },
  labels: {
    description: 'Labels of a new pull request, one a line; missing ones are created.',
    form: 'lines',
    scope: 'repository'
  },
  assignees: {
    description: 'People whom a new pull request is assigned to, one a line.',
    form: 'lines',
    scope: 'repository'
  },
  reviewers: {
    description: 'People who are asked to review a new pull request, one a line.',
    form: 'lines',
    scope: 'repository'
  },
  'team-reviewers': {
    description: "Teams that are asked to review a new pull request, one a line. Takes a GitHub App's token.",
    form: 'lines',
    scope: 'repository'
  },
  draft: {
    description: 'Whether a new pull request is a draft (`true` or `false`).',
    default: 'false',
    form: 'flag',
    scope: 'repository'
  },
  'auto-merge': {
    description:
      'How GitHub is to merge a new pull request once it may be merged: `merge`, `squash` or `rebase`. Default: not by itself.',
    values: ['merge', 'squash', 'rebase'],
    scope: 'repository'
  },
  overwrite: {
    description: "Whether commits that others have pushed to the action's branch may be replaced (`true` or `false`).",
    default: 'false',
    form: 'flag',
    scope: 'repository'
  },
  'dispatch-workflows': {
    description:
      'Workflows to start on the head branch when it has moved, one file name a line. They need `on: workflow_dispatch`, and the job `actions: write`.',
    form: 'lines',
    scope: 'repository'
  },
  'report-failures': {
    description: 'Whether one issue is kept open while runs fail (`true` or `false`). Needs `issues: write`.',
    default: 'false',
    form: 'flag',
    scope: 'repository'
  },
  timeout: {
    description: 'Minutes after which the run is given up.',
    default: '30',
    scope: 'repository'
  }
} as const satisfies Readonly<Record<string, InputDescription>>

export type InputName = keyof typeof INPUTS

/** Every name, in the order of the table. */
export function inputNames(): InputName[] {
  return Object.keys(INPUTS).filter(isInputName)
}

/** Whether a text is the name of an input. */
export function isInputName(text: string): text is InputName {
  return Object.hasOwn(INPUTS, text)
}

/** The inputs that are tokens, which nothing may print. */
export const TOKEN_INPUTS: readonly InputName[] = ['token', 'upstream-token']

/** Every output, in the order in which `action.yml` lists them. */
export const OUTPUTS = {
  changed: 'Whether what would be proposed differs from the base branch (`true` or `false`).',
  operation:
    'What was done: `created`, `updated`, `unchanged`, `closed`, `none`, `committed`, `bundled`, `checked`, `files`, `listed`, `declined`, `blocked`, `superseded` or `failed`.',
  problem: 'Why the run fails, one line for each problem; not set if it does not.',
  'pull-request-number': 'Number of the pull request, where there is one.',
  'pull-request-url': 'Address of the pull request, where there is one.',
  bundle: 'Absolute path of the bundle that `mode: lock` has written.',
  'trial-prefix':
    'Absolute path of what `trial-install` has installed, one a line if the run has locked several images with it; empty if nothing was solved. Read it, for a scanner; do not run anything of it. It is there until the job ends.',
  images:
    'The folders of the images of the settings file, as a JSON list; that of the repository, `.`, if it has none.',
  'failed-images': 'Images that `mode: publish` has found no bundle of, one a line.',
  'upstream-sha': 'The commit that `upstream-ref` resolved to; of several images the last one.',
  added: 'Number of packages added, over all platforms.',
  removed: 'Number of packages removed.',
  upgraded: 'Number of packages upgraded.',
  downgraded: 'Number of packages downgraded.',
  rebuilt: 'Number of packages of the same version in another build or from another URL.',
  summary: 'One line that says what happened.'
} as const

export type OutputName = keyof typeof OUTPUTS
